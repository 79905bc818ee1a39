namespace OrchestrationEngine.Native;

/// <summary>Who does a task.</summary>
public enum GraphTaskKind
{
    /// <summary>The host's workers.</summary>
    Host,

    /// <summary>A program.</summary>
    Program,

    /// <summary>The tasks inside it, all of them.</summary>
    Graph,

    /// <summary>The tasks inside it, until the first succeeds; the others are stopped.</summary>
    Race,

    /// <summary>The tasks that the host says are inside, once it is ready.</summary>
    ForEach,
}
