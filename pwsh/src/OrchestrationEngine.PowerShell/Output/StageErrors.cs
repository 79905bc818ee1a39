using System.Management.Automation;

namespace OrchestrationEngine.PowerShell.Output;

/// <summary>The errors of what workers run beside their items.</summary>
internal static class StageErrors
{
    /// <summary>-Begin has thrown on a worker; the call ends.</summary>
    internal static ErrorRecord BeginFailed(RuntimeException problem) => Errors.Advise(
        Wrap($"-Begin failed on a worker, so its items cannot run: {problem.Message}", "BeginFailed", problem),
        "Correct the script block. It runs on each worker, in a runspace of its own.");

    /// <summary>-InputScript has thrown; the call ends.</summary>
    internal static ErrorRecord InputScriptFailed(ErrorRecord problem) => Wrap(
        $"-InputScript failed: {problem.Exception.Message}",
        "InputScriptFailed",
        problem.Exception as RuntimeException ?? new RuntimeException(problem.Exception.Message, problem.Exception, problem));

    /// <summary>-InputScript gives the input, and so does the pipeline.</summary>
    internal static ErrorRecord TwoInputs() => Errors.Advise(
        new PSArgumentException("The input comes from -InputScript, so there can be none from the pipeline or -InputObject."),
        "TwoInputs",
        ErrorCategory.InvalidArgument,
        targetObject: null,
        "Leave one of them out.");

    /// <summary>-UseNewRunspace, and a parameter about what stays in a runspace.</summary>
    internal static ErrorRecord NewRunspacesKeepNothing(string parameter) => Errors.Advise(
        new PSArgumentException(
            $"With -UseNewRunspace nothing stays from item to item, so -{parameter} would have no effect."),
        "NewRunspacesKeepNothing",
        ErrorCategory.InvalidArgument,
        targetObject: null,
        "Leave one of them out.");

    private static ErrorRecord Wrap(string message, string id, RuntimeException problem) => new(
        new RuntimeException(message, problem, problem.ErrorRecord),
        id,
        ErrorCategory.OperationStopped,
        problem.ErrorRecord.TargetObject);
}
