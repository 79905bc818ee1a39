namespace OrchestrationEngine.PowerShell;

/// <summary>What came of stopping a workflow.</summary>
public sealed class PlaybookStop
{
    internal PlaybookStop(string workflowId) => WorkflowId = workflowId;

    /// <summary>Gets the id of the workflow.</summary>
    public string WorkflowId { get; }

    /// <summary>Gets a value indicating whether it was stopped, or was asked to.</summary>
    public bool Success => Error is null;

    /// <summary>Gets what was done; null if nothing was.</summary>
    public string? Message { get; internal init; }

    /// <summary>Gets why nothing was done; null if something was.</summary>
    public string? Error { get; internal init; }
}
