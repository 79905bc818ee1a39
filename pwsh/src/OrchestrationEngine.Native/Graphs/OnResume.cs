namespace OrchestrationEngine.Native;

/// <summary>
/// What becomes of a task that was under way when the process of its run died, once the run goes on.
/// </summary>
public enum OnResume
{
    /// <summary>It runs again, though part of its work may be done.</summary>
    Rerun,

    /// <summary>It is skipped for good, and the tasks that depend on it may start.</summary>
    Skip,

    /// <summary>It fails without another attempt, until what failed is run again.</summary>
    Fail,
}
