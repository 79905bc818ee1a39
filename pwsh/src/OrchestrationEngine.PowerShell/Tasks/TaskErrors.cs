using System;
using System.Collections;
using System.Collections.Generic;
using System.Management.Automation;
using OrchestrationEngine.PowerShell.Output;

namespace OrchestrationEngine.PowerShell.Tasks;

/// <summary>The errors of tasks that cannot be understood. All end the call before its first task.</summary>
internal static class TaskErrors
{
    /// <summary>The id of <see cref="NotOneScript"/>.</summary>
    internal const string NotOneScriptId = "TaskScriptNotOne";

    internal static ErrorRecord NoTasks() => Errors.Advise(
        new PSArgumentException("There are no tasks to run."),
        "TasksEmpty",
        ErrorCategory.InvalidArgument,
        targetObject: null,
        "Give at least one: @{ Script = '0407' }.");

    internal static ErrorRecord NotATable(TaskPlace place, object? task) => Errors.Advise(
        new PSArgumentException($"{place} is {Describe(task)}, but has to be a table of keys and values."),
        "TaskNotATable",
        ErrorCategory.InvalidArgument,
        task,
        "Write it as @{ Name = 'check'; Script = '0407' }.");

    internal static ErrorRecord UnknownKey(TaskPlace place, string key)
    {
        var nearest = NearestName.Find(key, TaskKeys.Spellings);
        var message = $"{place} has a key '{key}', which no task has."
            + (nearest is null ? string.Empty : $" Did you mean '{nearest}'?");
        return Errors.Advise(
            new PSArgumentException(message),
            "TaskKeyUnknown",
            ErrorCategory.InvalidArgument,
            key,
            $"The keys are {string.Join(", ", TaskKeys.All)}.");
    }

    internal static ErrorRecord KeyTwice(TaskPlace place, string one, string other) => Errors.Advise(
        new PSArgumentException($"{place} has the keys '{one}' and '{other}', which mean the same."),
        "TaskKeyTwice",
        ErrorCategory.InvalidArgument,
        other,
        "Leave one of them out.");

    internal static ErrorRecord NotOneWork(TaskPlace place, IReadOnlyList<string> given) => Errors.Advise(
        new PSArgumentException(given.Count == 0
            ? $"{place} has nothing to run: Script, ScriptBlock and Command are missing or $null."
            : $"{place} has {string.Join(" and ", given)}, but runs only one thing."),
        given.Count == 0 ? "TaskWorkMissing" : "TaskWorkTwice",
        ErrorCategory.InvalidArgument,
        place.Name,
        "Give it one of Script, ScriptBlock and Command, and make another task of what else is to be run.");

    internal static ErrorRecord ValueInvalid(TaskPlace place, string key, object? value, string expected) => Errors.Advise(
        new PSArgumentException($"{place}: {key} is {Describe(value)}, but has to be {expected}."),
        "TaskValueInvalid",
        ErrorCategory.InvalidArgument,
        value,
        $"Correct {key}, or leave it out.");

    internal static ErrorRecord InputsWithoutMemo(TaskPlace place) => Errors.Advise(
        new PSArgumentException($"{place} has Inputs, but no Memo: nothing asks whether they have changed."),
        "TaskInputsWithoutMemo",
        ErrorCategory.InvalidArgument,
        place.Name,
        "Add Memo = $true, so that the result is used again while the inputs stay as they are, or leave Inputs out.");

    internal static ErrorRecord NameTwice(TaskPlace place, TaskPlace first) => Errors.Advise(
        new PSArgumentException($"{place} has the Name of task {first.Number}."),
        "TaskNameTwice",
        ErrorCategory.InvalidArgument,
        place.Name,
        "Give it another name; whether letters are large or small makes no difference.");

    internal static ErrorRecord UnknownDependency(TaskPlace place, string name, IEnumerable<string> known)
    {
        var nearest = NearestName.Find(name, known);
        var message = $"{place}: DependsOn names '{name}', which is no task here."
            + (nearest is null ? string.Empty : $" Did you mean '{nearest}'?");
        return Errors.Advise(
            new ItemNotFoundException(message),
            "TaskDependencyUnknown",
            ErrorCategory.ObjectNotFound,
            name,
            "Write the Name of a task, or the number or name of the script that it runs.");
    }

    internal static ErrorRecord NotOneScript(TaskPlace place, string text, int count) => Errors.Advise(
        new PSArgumentException($"{place}: Script '{text}' means {count} scripts, but a task runs one."),
        NotOneScriptId,
        ErrorCategory.InvalidArgument,
        text,
        $"Make a task of each: Get-OrchestrationScript '{text}' | ForEach-Object {{ @{{ Script = $_ }} }}");

    /// <summary>The error of a script that cannot be found, with the task that names it.</summary>
    internal static ErrorRecord ScriptRefused(TaskPlace place, ErrorRecord reason) => Errors.Advise(
        new PSArgumentException($"{place}: Script: {reason.Exception.Message}", reason.Exception),
        reason.FullyQualifiedErrorId,
        reason.CategoryInfo.Category,
        reason.TargetObject,
        reason.ErrorDetails.RecommendedAction);

    private static string Describe(object? value) => value switch
    {
        null => "$null",
        string text => $"'{text}'",
        ScriptBlock => "a script block",
        bool flag => flag ? "$true" : "$false",
        IDictionary => "a table",
        IEnumerable => "a list",
        IFormattable when value.GetType().IsPrimitive || value is decimal or TimeSpan => FormattableString.Invariant($"{value}"),
        _ => $"an object of the type {value.GetType().Name}",
    };
}
