using System;
using System.Collections.Generic;
using System.Management.Automation;

namespace OrchestrationEngine.PowerShell;

/// <summary>What came of a step of a workflow.</summary>
public sealed class PlaybookStepResult
{
    internal PlaybookStepResult(int number, string name) => (StepNumber, StepName) = (number, name);

    /// <summary>Gets its number in the order written, from 1.</summary>
    public int StepNumber { get; }

    /// <summary>Gets its name, behind those of the steps that it is inside: <c>outer/inner</c>.</summary>
    public string StepName { get; }

    /// <summary>Gets what it is: script, condition, parallel, module and others.</summary>
    public string? StepType { get; internal init; }

    /// <summary>Gets a value indicating whether it did what it was to do.</summary>
    public bool Success => Status == PlaybookStepStatus.Succeeded;

    /// <summary>Gets how it ended.</summary>
    public PlaybookStepStatus Status { get; internal init; }

    /// <summary>Gets when its last attempt started, in local time; null if none did.</summary>
    public DateTime? StartTime { get; internal init; }

    /// <summary>Gets how long its last attempt took.</summary>
    public TimeSpan Duration { get; internal init; }

    /// <summary>Gets what its last attempt put out; of a program the lines of its standard output.</summary>
    public IReadOnlyList<object?> Output { get; internal init; } = [];

    /// <summary>Gets why its last attempt failed; null if it did not.</summary>
    public ErrorRecord? Error { get; internal init; }

    /// <summary>Gets the errors that its last attempt wrote and went on after.</summary>
    public IReadOnlyList<ErrorRecord> Errors { get; internal init; } = [];

    /// <summary>Gets what a program wrote to its standard error.</summary>
    public string ErrorOutput { get; internal init; } = string.Empty;

    /// <summary>
    /// Gets the path of the file with all that a program wrote to its standard output; null unless that is more than a
    /// result holds.
    /// </summary>
    public string? OutputFile { get; internal init; }

    /// <summary>Gets the same of its standard error.</summary>
    public string? ErrorOutputFile { get; internal init; }

    /// <summary>Gets the exit code that it ended with; null for none.</summary>
    public int? ExitCode { get; internal init; }

    /// <summary>Gets how many attempts there were.</summary>
    public int Attempts { get; internal init; }

    /// <summary>Gets why it did not start; null if it did.</summary>
    public string? Reason { get; internal init; }

    /// <summary>Gets the name of the step that kept it from starting; null if none did.</summary>
    public string? BlockedBy { get; internal init; }

    /// <summary>
    /// Gets a value indicating whether it was not run because it had ended before the workflow was resumed. What of its output
    /// could not be kept is there as text.
    /// </summary>
    public bool Kept { get; internal init; }

    /// <summary>Gets a value indicating whether the machine has to be restarted for what it did.</summary>
    public bool RebootRequired { get; internal init; }

    /// <summary>Gets a value indicating whether it does nothing by itself: those inside it are counted.</summary>
    internal bool IsGroup { get; init; }

    /// <inheritdoc/>
    public override string ToString() => $"{StepName}: {Status}";
}
