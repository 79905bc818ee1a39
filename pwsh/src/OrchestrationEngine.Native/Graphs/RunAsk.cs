namespace OrchestrationEngine.Native;

/// <summary>What is asked of a worker about a task of a run.</summary>
public enum RunAsk
{
    /// <summary>To run it.</summary>
    Run = 0,

    /// <summary>Whether it runs.</summary>
    Decide = 1,

    /// <summary>What is inside it.</summary>
    Expand = 2,
}
