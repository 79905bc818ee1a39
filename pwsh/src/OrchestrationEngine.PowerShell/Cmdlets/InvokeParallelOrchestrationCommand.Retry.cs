using System;
using System.Management.Automation;
using OrchestrationEngine.PowerShell.Calls;
using OrchestrationEngine.PowerShell.Output;

namespace OrchestrationEngine.PowerShell.Cmdlets;

/// <content>When an item is run again.</content>
public sealed partial class InvokeParallelOrchestrationCommand
{
    /// <summary>Gets or sets how many more times an item is run that has failed or timed out.</summary>
    [Parameter]
    [ValidateRange(0, int.MaxValue - 1)]
    [Alias("Retry")]
    public int RetryCount { get; set; }

    /// <summary>Gets or sets how many seconds to wait before the next attempt of an item; it holds no worker then.</summary>
    [Parameter]
    [ValidateRange(0.0, MaximumSeconds)]
    public double RetryDelay { get; set; }

    /// <summary>Gets or sets how the wait grows.</summary>
    [Parameter]
    public RetryBackoff RetryBackoff { get; set; }

    /// <summary>
    /// Gets or sets what says of each error, which it finds in $_, whether the item is run again. It runs in the
    /// session of the caller.
    /// </summary>
    [Parameter]
    [ValidateNotNull]
    public ScriptBlock? RetryOn { get; set; }

    private RetryOptions? ReadRetry()
    {
        if (MyInvocation.BoundParameters.ContainsKey(nameof(RetryCount)))
        {
            return RetryCount == 0
                ? null
                : new RetryOptions(RetryCount, TimeSpan.FromSeconds(RetryDelay), RetryBackoff, RetryOn);
        }

        foreach (var parameter in new[] { nameof(RetryDelay), nameof(RetryBackoff), nameof(RetryOn) })
        {
            if (MyInvocation.BoundParameters.ContainsKey(parameter))
            {
                ThrowTerminatingError(RetryErrors.NothingToRetry(parameter));
            }
        }

        return null;
    }
}
