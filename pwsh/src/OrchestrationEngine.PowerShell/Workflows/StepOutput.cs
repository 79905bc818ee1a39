using System;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using OrchestrationEngine.Native;
using OrchestrationEngine.PowerShell.Output;

namespace OrchestrationEngine.PowerShell.Workflows;

/// <summary>Makes of what the engine tells of a step what PowerShell shows of it.</summary>
internal static class StepOutput
{
    /// <summary>What a step put out that no worker of this process has run, or that has to be masked.</summary>
    internal static IEnumerable<(OutputKind Kind, object? Value)> Of(WorkflowStep step)
    {
        var output = step.Value is null ? LinesOf(step.Output) : StoredOutput.Read(step.Value);
        return output.Select(value => (OutputKind.Output, value)).Concat(StoredStreams.Read(step.Streams ?? []));
    }

    /// <summary>What came of a step.</summary>
    /// <param name="step">What the engine tells.</param>
    /// <param name="puts">What its last attempt put out.</param>
    internal static PlaybookStepResult ResultOf(WorkflowStep step, IReadOnlyList<(OutputKind Kind, object? Value)> puts) =>
        new(step.StepNumber, step.StepName)
        {
            StepType = step.StepType,
            Status = StatusOf(step.Status),
            Output = ValuesOf<object?>(puts, OutputKind.Output),
            Error = ErrorOf(step, puts),
            Errors = ValuesOf<ErrorRecord>(puts, OutputKind.Error),
            ErrorOutput = step.ErrorOutput,
            OutputFile = step.OutputFile,
            ErrorOutputFile = step.ErrorOutputFile,
            ExitCode = step.ExitCode,
            Reason = ReasonOf(step),
            BlockedBy = step.BlockedBy,
            StartTime = step.StartTime?.LocalDateTime,
            Duration = step.Duration,
            Attempts = step.Attempts,
            Kept = step.Kept,
            RebootRequired = step.RebootRequired,
            IsGroup = step.StepType is "condition" or "parallel" or "steps",
        };

    /// <summary>The lines of a text, without an empty one behind the last line's end.</summary>
    internal static object?[] LinesOf(string text)
    {
        var lines = text.Split('\n').Select(line => line.TrimEnd('\r')).ToArray();
        return lines[^1].Length == 0 ? lines[..^1] : lines;
    }

    private static PlaybookStepStatus StatusOf(TaskState? state) => state switch
    {
        TaskState.Succeeded => PlaybookStepStatus.Succeeded,
        TaskState.TimedOut => PlaybookStepStatus.TimedOut,
        TaskState.Stopped => PlaybookStepStatus.Stopped,
        TaskState.Skipped => PlaybookStepStatus.Skipped,
        _ => PlaybookStepStatus.Failed,
    };

    // The record of the step itself says where in the script it was.
    private static ErrorRecord? ErrorOf(WorkflowStep step, IReadOnlyList<(OutputKind Kind, object? Value)> puts) =>
        step.Status is TaskState.Succeeded or TaskState.Skipped ? null
        : ValuesOf<ErrorRecord>(puts, OutputKind.Failure).LastOrDefault() ?? WorkflowErrors.OfStep(step);

    private static string? ReasonOf(WorkflowStep step) => step switch
    {
        { Status: not TaskState.Skipped } => null,
        { BlockedBy: { } other } => $"It waits for '{other}', which did not succeed.",
        { SkipReason: "Condition" } => "Its condition did not hold.",
        { SkipReason: "Interrupted" } => "It was interrupted, and OnResume is Skip.",
        _ => "What it is inside did not run.",
    };

    private static List<T> ValuesOf<T>(IReadOnlyList<(OutputKind Kind, object? Value)> puts, OutputKind kind) =>
        puts.Where(put => put.Kind == kind).Select(put => (T)put.Value!).ToList();
}
