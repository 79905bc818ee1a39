using System;
using System.Collections.Generic;

namespace OrchestrationEngine.Native;

/// <summary>What came of a workflow.</summary>
public sealed record WorkflowOutcome
{
    /// <summary>Gets the id of the workflow.</summary>
    public required string WorkflowId { get; init; }

    /// <summary>Gets the name of its playbook.</summary>
    public required string Name { get; init; }

    /// <summary>Gets how it ended.</summary>
    public RunStatus Status { get; init; }

    /// <summary>Gets the same, more exactly.</summary>
    public WorkflowVerdict Verdict { get; init; }

    /// <summary>Gets a value indicating whether nothing failed that counts.</summary>
    public bool Success { get; init; }

    /// <summary>Gets why it was ended before its time; null if it was not.</summary>
    public string? Reason { get; init; }

    /// <summary>Gets what kept it from going on, such as a disk that is full; null for nothing.</summary>
    public string? Error { get; init; }

    /// <summary>Gets how long it took.</summary>
    public TimeSpan Duration { get; init; }

    /// <summary>Gets the time that no order could have beaten with these durations; null if it is not known.</summary>
    public TimeSpan? LowerBound { get; init; }

    /// <summary>Gets what the steps took one after another; null if it is not known.</summary>
    public TimeSpan? Sequential { get; init; }

    /// <summary>Gets how many steps ran.</summary>
    public int StepsExecuted { get; init; }

    /// <summary>Gets how many steps there are.</summary>
    public int TotalSteps { get; init; }

    /// <summary>Gets what of the criteria of success and of the conditions of the end does not hold.</summary>
    public IReadOnlyList<string> Unmet { get; init; } = [];

    /// <summary>Gets what came of each step, in the order written.</summary>
    public IReadOnlyList<WorkflowStep> Results { get; init; } = [];
}

/// <summary>How a workflow ended.</summary>
public enum WorkflowVerdict
{
    /// <summary>Every step that ran succeeded.</summary>
    Completed,

    /// <summary>It went to its end, and failures that are tolerated were among its steps.</summary>
    PartlyCompleted,

    /// <summary>A step failed.</summary>
    Failed,

    /// <summary>A time limit ended it, or a step that nobody may do without.</summary>
    TimedOut,

    /// <summary>Somebody stopped it.</summary>
    Stopped,
}
