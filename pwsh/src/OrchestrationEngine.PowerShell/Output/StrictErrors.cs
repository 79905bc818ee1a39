using System.Management.Automation;

namespace OrchestrationEngine.PowerShell.Output;

/// <summary>Errors as PowerShell's own ForEach-Object -Parallel writes them, for those who compare.</summary>
internal static class StrictErrors
{
    private const string ItemEnded = "PSTaskException";

    internal static ErrorRecord CommonParameterRefused(string name) => Errors.Advise(
        new PSNotSupportedException($"-{name} is not supported together with -Parallel."),
        "ParallelCommonParametersNotSupported",
        ErrorCategory.NotImplemented,
        name,
        "Take it away, or call Enable-ParallelForEachObject without -Strict.");

    internal static ErrorRecord TimeoutOfJobRefused() => Errors.Advise(
        new PSArgumentException("-TimeoutSeconds is not supported together with -AsJob."),
        "ParallelCannotUseTimeoutWithJob",
        ErrorCategory.InvalidOperation,
        targetObject: null,
        "Take it away, or call Enable-ParallelForEachObject without -Strict.");

    /// <summary>An error that ended its item; the item's own record is in the exception.</summary>
    internal static ErrorRecord ItemFailed(RuntimeException reason, object? input) =>
        new(reason, ItemEnded, ErrorCategory.InvalidOperation, input);

    /// <summary>The time limit of the call has ended an item.</summary>
    internal static ErrorRecord ItemStopped(object? input) =>
        new(new PipelineStoppedException(), ItemEnded, ErrorCategory.InvalidOperation, input);
}
