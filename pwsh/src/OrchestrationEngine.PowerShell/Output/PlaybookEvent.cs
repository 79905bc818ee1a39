using System;

namespace OrchestrationEngine.PowerShell;

/// <summary>Something that happened in a workflow, for those who keep a log of their own. Does not change.</summary>
public sealed class PlaybookEvent
{
    internal PlaybookEvent(PlaybookEventKind kind, PlaybookWorkflow? workflow) => (Kind, Workflow) = (kind, workflow);

    /// <summary>Gets what happened.</summary>
    public PlaybookEventKind Kind { get; }

    /// <summary>Gets when this process learnt of it, in local time.</summary>
    public DateTime Time { get; } = DateTime.Now;

    /// <summary>Gets the workflow as it stands; it goes on changing. Null before anything of it is known.</summary>
    public PlaybookWorkflow? Workflow { get; }

    /// <summary>Gets the id of the workflow.</summary>
    public string? WorkflowId => Workflow?.WorkflowId;

    /// <summary>Gets the name of the step, with those that it is inside; null if it is not about one.</summary>
    public string? StepName { get; internal init; }

    /// <summary>Gets the stream of an output: Output, Error, Warning, Verbose, Debug, Information or Progress; else null.</summary>
    public string? Stream { get; internal init; }

    /// <summary>Gets what was put out, an object or a record of a stream, without secrets; else null.</summary>
    public object? Value { get; internal init; }

    /// <summary>Gets what there is to say: why a step is tried again, a notice or a warning; else null.</summary>
    public string? Message { get; internal init; }

    /// <summary>Gets what came of the step, if it has ended; else null.</summary>
    public PlaybookStepResult? Result { get; internal init; }

    /// <summary>What happened, to whom.</summary>
    public override string ToString() => StepName is null ? $"{Kind}" : $"{Kind} {StepName}";
}
