namespace OrchestrationEngine.PowerShell;

/// <summary>How a step of a playbook stands, or ended.</summary>
public enum PlaybookStepStatus
{
    /// <summary>It would run: the workflow was only tried out.</summary>
    Planned,

    /// <summary>It runs.</summary>
    Running,

    /// <summary>It did what it was to do.</summary>
    Succeeded,

    /// <summary>It threw an error, or ended with an exit code that is no success.</summary>
    Failed,

    /// <summary>It took longer than it may.</summary>
    TimedOut,

    /// <summary>It was stopped, or kept from starting, because the workflow ended before it.</summary>
    Stopped,

    /// <summary>Its condition, or a step that it waits for, kept it from starting.</summary>
    Skipped,

    /// <summary>It ran when the process of its workflow died.</summary>
    Interrupted,
}
