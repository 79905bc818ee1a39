using System;
using System.Collections.Generic;
using System.Text.Json;

namespace OrchestrationEngine.Native;

/// <summary>What came of a step of a workflow. Values of secrets are masked.</summary>
public record WorkflowStep
{
    /// <summary>Gets its number in the order written, from 1; 0 if it is none of the playbook's.</summary>
    public int StepNumber { get; init; }

    /// <summary>Gets its name with those that it is inside: <c>outer/inner</c>.</summary>
    public string StepName { get; init; } = string.Empty;

    /// <summary>Gets what it is: <c>script</c>, <c>condition</c>, <c>parallel</c>, <c>module</c> and others.</summary>
    public string? StepType { get; init; }

    /// <summary>Gets how it ended; null before its end.</summary>
    public TaskState? Status { get; init; }

    /// <summary>Gets a value indicating whether it succeeded.</summary>
    public bool Success { get; init; }

    /// <summary>Gets when its last attempt started; null if none did.</summary>
    public DateTimeOffset? StartTime { get; init; }

    /// <summary>Gets how long its last attempt took.</summary>
    public TimeSpan Duration { get; init; }

    /// <summary>Gets how many attempts there were.</summary>
    public int Attempts { get; init; }

    /// <summary>Gets the exit code that it ended with; null for none.</summary>
    public int? ExitCode { get; init; }

    /// <summary>Gets what a program wrote to its standard output.</summary>
    public string Output { get; init; } = string.Empty;

    /// <summary>Gets what a program wrote to its standard error.</summary>
    public string ErrorOutput { get; init; } = string.Empty;

    /// <summary>
    /// Gets the path of the file with all that a program wrote to its standard output; null unless that is more than a
    /// result holds.
    /// </summary>
    public string? OutputFile { get; init; }

    /// <summary>Gets the same of its standard error.</summary>
    public string? ErrorOutputFile { get; init; }

    /// <summary>Gets the value that a step for PowerShell gave out, a list; null for none.</summary>
    public JsonElement? Value { get; init; }

    /// <summary>Gets the same in PowerShell's own form; null for none.</summary>
    public string? Blob { get; init; }

    /// <summary>Gets what a step for PowerShell wrote beside its output; null for nothing.</summary>
    public IReadOnlyList<StreamText>? Streams { get; init; }

    /// <summary>Gets why it failed; null if it did not.</summary>
    public string? Error { get; init; }

    /// <summary>Gets why it was skipped: <c>Condition</c>, <c>Dependency</c>, <c>Outer</c> or <c>Interrupted</c>.</summary>
    public string? SkipReason { get; init; }

    /// <summary>Gets the step that it was skipped because of.</summary>
    public string? BlockedBy { get; init; }

    /// <summary>Gets a value indicating whether it ended in an earlier part of the workflow.</summary>
    public bool Kept { get; init; }

    /// <summary>Gets a value indicating whether the machine has to be restarted for what it did.</summary>
    public bool RebootRequired { get; init; }
}
