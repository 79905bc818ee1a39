using System.Management.Automation;

namespace OrchestrationEngine.PowerShell.Output;

/// <summary>The errors of repeated attempts.</summary>
internal static class RetryErrors
{
    /// <summary>-RetryOn has thrown; the item ends with the error that it was asked about.</summary>
    internal static ErrorRecord FilterFailed(long index, RuntimeException problem)
    {
        var message = $"-RetryOn failed for item {index}, which is not run again: {problem.Message}";
        var error = new ErrorRecord(
            new RuntimeException(message, problem, problem.ErrorRecord),
            "RetryFilterFailed",
            ErrorCategory.InvalidResult,
            index);
        Errors.NameItem(error, index);
        return Errors.Advise(error, "Correct the script block; it finds the error record in $_.");
    }

    /// <summary>A parameter makes sense with -RetryCount only.</summary>
    internal static ErrorRecord NothingToRetry(string parameter) => Errors.Advise(
        new PSArgumentException($"-{parameter} says how items are run again, but nothing is without -RetryCount."),
        "RetryCountMissing",
        ErrorCategory.InvalidArgument,
        parameter,
        "Add -RetryCount with how many more times an item may be run.");
}
