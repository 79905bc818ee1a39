using System.Collections.Generic;

namespace OrchestrationEngine.Native;

/// <summary>How a workflow stands, and what is new in it.</summary>
public sealed record WorkflowReport
{
    /// <summary>Gets the id of the workflow.</summary>
    public required string Id { get; init; }

    /// <summary>Gets the name of its playbook.</summary>
    public required string Name { get; init; }

    /// <summary>Gets whether it goes on, or how it ended.</summary>
    public RunStatus Status { get; init; }

    /// <summary>Gets the number of the step that was begun last, from 1 in the order written; 0 if none was.</summary>
    public int CurrentStep { get; init; }

    /// <summary>Gets how many steps there are.</summary>
    public int TotalSteps { get; init; }

    /// <summary>Gets what happened, in order.</summary>
    public IReadOnlyList<WorkflowNews> News { get; init; } = [];

    /// <summary>Gets what the playbook wants to have told, in order.</summary>
    public IReadOnlyList<WorkflowNotice> Notices { get; init; } = [];

    /// <summary>Gets what went wrong besides the steps, and what to do about it.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>Gets what came of it; null before its end.</summary>
    public WorkflowOutcome? Outcome { get; init; }
}

/// <summary>Something that happened to a step. What came of the step is there once it has ended.</summary>
public sealed record WorkflowNews : WorkflowStep
{
    /// <summary>Gets what happened.</summary>
    public WorkflowNewsKind Kind { get; init; }

    /// <summary>Gets the number of the step's task, as the items of workers have it.</summary>
    public int? Task { get; init; }

    /// <summary>Gets the attempt that began, from 1; 0 where none did. Which one has ended, <see cref="WorkflowStep.Attempts"/> says.</summary>
    public int Attempt { get; init; }
}

/// <summary>What happened to a step.</summary>
public enum WorkflowNewsKind
{
    /// <summary>An attempt began.</summary>
    Started,

    /// <summary>An attempt failed, and another follows.</summary>
    Retrying,

    /// <summary>It ended.</summary>
    Ended,
}
