using System;
using System.Management.Automation;
using OrchestrationEngine.Native;
using OrchestrationEngine.PowerShell.Runspaces;

namespace OrchestrationEngine.PowerShell.Output;

/// <summary>Every error record of the module's own: id, category, text and what to do.</summary>
internal static class Errors
{
    /// <summary>The name of the property that an error record gets to say which item it came from.</summary>
    internal const string ItemIndexProperty = "ItemIndex";

    /// <summary>Notes on a forwarded error which item it came from.</summary>
    internal static void NameItem(ErrorRecord error, long index)
    {
        var properties = PSObject.AsPSObject(error).Properties;
        if (index != ItemSlot.NoIndex && properties[ItemIndexProperty] is null)
        {
            properties.Add(new PSNoteProperty(ItemIndexProperty, index));
        }
    }

    internal static ErrorRecord ItemTimedOut(long index, object? input, TimeSpan duration)
    {
        var message = $"Item {index} was stopped after {duration.TotalSeconds:0.###} s because it ran longer than it may.";
        var error = new ErrorRecord(
            new TimeoutException(message), "ItemTimedOut", ErrorCategory.OperationTimeout, input);
        NameItem(error, index);
        return Advise(error, "Raise -ItemTimeoutSeconds or -TimeoutSeconds, or make the item faster.");
    }

    internal static ErrorRecord CallTimedOut(TimeSpan limit, StatusCounts ended)
    {
        var message = $"The call was stopped after its {limit.TotalSeconds:0.###} s: {ended}. Input that was not yet read "
            + "is not counted.";
        var error = new ErrorRecord(
            new TimeoutException(message), "CallTimedOut", ErrorCategory.OperationTimeout, targetObject: null);
        return Advise(error, "Raise -TimeoutSeconds, or use -PassThru to see which items were not done.");
    }

    internal static ErrorRecord StoppedOnFirstFailure(ErrorRecord? failure, StatusCounts ended)
    {
        var message = $"Stopped because an item failed: {failure?.Exception.Message} ({ended})";
        return new ErrorRecord(
            new RuntimeException(message, failure?.Exception, failure),
            "StoppedOnFirstFailure",
            ErrorCategory.OperationStopped,
            failure?.TargetObject);
    }

    internal static ErrorRecord InputIsScriptBlock(object input) => Advise(
        new PSInvalidOperationException("A script block cannot be an item: it belongs to the runspace it was made in."),
        "ParallelPipedInputObjectCannotBeScriptBlock",
        ErrorCategory.InvalidType,
        input,
        "Pass the text of the script block and make a new one of it inside, with [scriptblock]::Create($_).");

    internal static ErrorRecord FilterFailed(object? input, RuntimeException problem) => Advise(
        new RuntimeException($"-Filter failed for an input, which is left out: {problem.Message}", problem),
        "FilterFailed",
        ErrorCategory.InvalidResult,
        input,
        "Correct the script block; it finds the input in $_.");

    internal static ErrorRecord UsingIsScriptBlock(string expression) => Advise(
        new PSInvalidOperationException(
            $"'{expression}' is a script block, which cannot be used in another runspace than its own."),
        "ParallelUsingVariableCannotBeScriptBlock",
        ErrorCategory.InvalidType,
        expression,
        "Pass the text of the script block and make a new one of it inside, with [scriptblock]::Create().");

    internal static ErrorRecord UsingIsUndefined(string expression, Exception? reason) => Advise(
        new PSInvalidOperationException($"The value of '{expression}' is not defined at the call.", reason),
        "UsingVariableIsUndefined",
        ErrorCategory.InvalidOperation,
        expression,
        "Set the variable before the call, or take $using: away if it is set inside the script block.");

    internal static ErrorRecord UsingCannotBeRead(string expression, Exception reason) => Advise(
        new PSInvalidOperationException($"The value of '{expression}' cannot be read: {reason.Message}", reason),
        "UsingExpressionFailed",
        ErrorCategory.InvalidOperation,
        expression,
        "Check the member or index after $using:, or put the value into a variable before the call.");

    internal static ErrorRecord LanguageModeRefused(PSLanguageMode mode) => Advise(
        new PSNotSupportedException($"Script blocks cannot run in parallel from a session in {mode}."),
        "LanguageModeNotSupported",
        ErrorCategory.PermissionDenied,
        mode,
        "Call it from a session in FullLanguage or ConstrainedLanguage.");

    internal static ErrorRecord NestedTooDeep(int limit) => Advise(
        new PSInvalidOperationException($"Calls are nested more than {limit} deep."),
        "NestedTooDeep",
        ErrorCategory.LimitsExceeded,
        limit,
        "Flatten the calls: give the inner items to one call.");

    internal static ErrorRecord EngineRefused(EngineException refused) => new(
        refused,
        $"Engine{refused.Status}",
        refused.Status == EngineStatus.WorkerLimit ? ErrorCategory.LimitsExceeded : ErrorCategory.InvalidOperation,
        targetObject: null);

    internal static ErrorRecord LibraryUnusable(EngineLibraryException problem) => new(
        problem, $"EngineLibrary{problem.Problem}", ErrorCategory.ResourceUnavailable, problem.Path);

    internal static ErrorRecord WorkerCannotStart(Exception reason) => reason is CallRefusedException refused
        ? refused.Record
        : new ErrorRecord(
            new PSInvalidOperationException($"A runspace for the items cannot be opened: {reason.Message}", reason),
            "WorkerCannotStart",
            ErrorCategory.OpenError,
            targetObject: null);

    /// <summary>Makes an error that says what its user can do about it.</summary>
    internal static ErrorRecord Advise(
        Exception exception, string id, ErrorCategory category, object? targetObject, string action) =>
        Advise(new ErrorRecord(exception, id, category, targetObject), action);

    /// <summary>Adds to an error what its user can do about it.</summary>
    internal static ErrorRecord Advise(ErrorRecord error, string action)
    {
        error.ErrorDetails = new ErrorDetails(error.Exception.Message) { RecommendedAction = action };
        return error;
    }
}
