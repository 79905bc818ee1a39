using System.Collections.Generic;
using System.Management.Automation;
using System.Management.Automation.Language;

namespace OrchestrationEngine.PowerShell.Output;

/// <summary>The errors of a run of tasks.</summary>
internal static class TaskRunErrors
{
    internal static ErrorRecord ExitCode(int code) => new(
        new RuntimeException($"It ended with exit code {code}."), "TaskExitCode", ErrorCategory.NotSpecified, code);

    /// <summary>Why a task failed, where only the engine knows: its condition, or a worker that was lost.</summary>
    internal static ErrorRecord? OfRun(string? message) => message is null
        ? null
        : new ErrorRecord(new RuntimeException(message), "TaskNotRun", ErrorCategory.OperationStopped, targetObject: null);

    /// <summary>A task that did not do what it was to do.</summary>
    internal static ErrorRecord Of(TaskResult task) => Errors.Advise(
        new RuntimeException($"Task '{task.Name}' {Ended(task)}", task.Error?.Exception, task.Error),
        $"Task{task.Status}",
        ErrorCategory.OperationStopped,
        task.Name,
        task.Status == TaskStatus.TimedOut
            ? "Raise its Timeout, or -TimeoutSeconds for the run, or make the task faster."
            : "The task's result has the Error with its place in the script, and the Errors before it.");

    /// <summary>What is said of a task that asked for it in vain.</summary>
    internal static WarningRecord NotRemembered(string task, string why) =>
        new($"The result of task '{task}' is not remembered: {why}.");

    internal static ErrorRecord GroupLimitInvalid(string group, object? limit) => Errors.Advise(
        new PSArgumentException($"The group '{group}' has '{limit}' for a limit, which is no whole number from 1."),
        "GroupLimitInvalid",
        ErrorCategory.InvalidArgument,
        group,
        "Write it as -Groups @{ database = 2 }.");

    internal static ErrorRecord GroupUnknown(string task, string group, IEnumerable<string> groups)
    {
        var nearest = NearestName.Find(group, groups);
        var message = $"Task '{task}' is of the group '{group}', which -Groups does not have."
            + (nearest is null ? string.Empty : $" Did you mean '{nearest}'?");
        return Errors.Advise(
            new PSArgumentException(message),
            "GroupUnknown",
            ErrorCategory.InvalidArgument,
            group,
            $"Say how many slots it has: -Groups @{{ '{group}' = 2 }}.");
    }

    /// <summary>A task that was stopped, though nobody did it from outside.</summary>
    internal static ErrorRecord StoppedItself() => Errors.Advise(
        new RuntimeException("It stopped itself: it ended the pipeline or the runspace that it ran in."),
        "TaskStoppedItself",
        ErrorCategory.OperationStopped,
        targetObject: null,
        "End it by return, throw or exit.");

    internal static ErrorRecord CommandUnreadable(string task, string command, ParseError problem) => Errors.Advise(
        new PSArgumentException($"The command of task '{task}' is no PowerShell: {problem.Message} (column {problem.Extent.StartColumnNumber})"),
        "TaskCommandUnreadable",
        ErrorCategory.ParserError,
        command,
        "Correct it, or give a ScriptBlock instead, whose mistakes show when it is written.");

    internal static ErrorRecord CommandTakesNoParameters(string task, string command) => Errors.Advise(
        new PSArgumentException($"Task '{task}' has parameters, but its command is more than a single command."),
        "TaskCommandTakesNoParameters",
        ErrorCategory.InvalidArgument,
        command,
        "Give a ScriptBlock with a param() block instead.");

    internal static ErrorRecord GraphRefused(Native.EngineException problem) => Errors.Advise(
        new PSArgumentException($"The tasks cannot be run: {ShortCircle(problem.Message)}."),
        "TasksRefused",
        ErrorCategory.InvalidArgument,
        targetObject: null,
        "Correct the tasks that it names; nothing was started.");

    internal static ErrorRecord NotForTasks(string parameter) => Errors.Advise(
        new PSArgumentException($"-{parameter} is for items and has no meaning with -Tasks."),
        "NotForTasks",
        ErrorCategory.InvalidArgument,
        parameter,
        "Leave it out. Time limits, retries and conditions of tasks are keys of theirs.");

    /// <summary>The run was ended before its tasks were done.</summary>
    internal static ErrorRecord RunCutShort(TaskRunSummary summary, string reason)
    {
        var hasTimedOut = reason == "Timeout";
        var error = new ErrorRecord(
            new RuntimeException(reason switch
            {
                "Timeout" => $"The run took longer than it may. {summary}",
                "FirstFailure" => $"A task failed, so the run was stopped. {summary}",
                _ => $"The run was stopped ({reason}). {summary}",
            }),
            hasTimedOut ? "RunTimedOut" : "RunStopped",
            hasTimedOut ? ErrorCategory.OperationTimeout : ErrorCategory.OperationStopped,
            summary);
        return Errors.Advise(error, hasTimedOut
            ? "Raise -TimeoutSeconds. The results that were written say which tasks were not done."
            : "The results that were written say which task failed; without -StopOnError the others go on.");
    }

    // A circle may go through thousands of tasks.
    private static string ShortCircle(string message)
    {
        const string Arrow = " -> ";
        const int Shown = 6;
        var names = message.Split(Arrow);
        var left = names.Length - (2 * Shown);
        return left <= 1
            ? message
            : string.Join(Arrow, [.. names[..Shown], $"({left} more)", .. names[^Shown..]]);
    }

    private static string Ended(TaskResult task) => task.Status switch
    {
        TaskStatus.TimedOut => $"was stopped after {task.Duration.TotalSeconds:0.###} s because it ran longer than it may.",
        _ => $"failed: {task.Error?.Exception.Message}",
    };
}
