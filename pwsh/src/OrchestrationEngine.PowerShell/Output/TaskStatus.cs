namespace OrchestrationEngine.PowerShell;

/// <summary>How a task ended.</summary>
public enum TaskStatus
{
    /// <summary>It did what it was to do.</summary>
    Succeeded,

    /// <summary>It threw an error, or ended with an exit code other than 0.</summary>
    Failed,

    /// <summary>It took longer than it may.</summary>
    TimedOut,

    /// <summary>It was stopped, or kept from starting, because the run ended before it.</summary>
    Stopped,

    /// <summary>Its condition, or a task that it waits for, kept it from starting.</summary>
    Skipped,
}
