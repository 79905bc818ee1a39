using System;
using System.Management.Automation;

namespace OrchestrationEngine.PowerShell.Calls;

/// <summary>When an item that has failed or timed out is run again.</summary>
/// <param name="Count">How many more times it may be run, from 1.</param>
/// <param name="Delay">How long to wait before the first of them.</param>
/// <param name="Backoff">How the wait grows.</param>
/// <param name="Filter">Gets the error in $_ and says whether to run the item again; null for always.</param>
internal sealed record RetryOptions(int Count, TimeSpan Delay, RetryBackoff Backoff, ScriptBlock? Filter)
{
    /// <summary>The longest wait, however often an exponential one has doubled.</summary>
    internal static readonly TimeSpan LongestDelay = TimeSpan.FromHours(1);

    /// <summary>Says how long to wait after an attempt.</summary>
    /// <param name="attempt">The number of the attempt that has failed, from 1.</param>
    internal TimeSpan DelayAfter(int attempt)
    {
        var factor = Backoff == RetryBackoff.Exponential ? Math.Pow(2, attempt - 1) : 1;
        var seconds = Delay.TotalSeconds * factor;
        return seconds < LongestDelay.TotalSeconds ? TimeSpan.FromSeconds(seconds) : Longest(Delay, LongestDelay);
    }

    private static TimeSpan Longest(TimeSpan one, TimeSpan other) => one > other ? one : other;
}
