namespace OrchestrationEngine.PowerShell;

/// <summary>How an item ended.</summary>
public enum ItemStatus
{
    /// <summary>It ran to its end, whatever non-terminating errors it wrote.</summary>
    Succeeded,

    /// <summary>An error ended it.</summary>
    Failed,

    /// <summary>It was stopped because a time limit had passed.</summary>
    TimedOut,

    /// <summary>It was stopped, or not started, for another reason.</summary>
    Stopped,
}
