using System;
using System.Management.Automation;

namespace OrchestrationEngine.PowerShell.Calls;

/// <summary>What the caller of a cmdlet asked for.</summary>
internal sealed record CallOptions
{
    /// <summary>Gets what runs for each item.</summary>
    internal required ScriptBlock ScriptBlock { get; init; }

    /// <summary>Gets how many items may run at once, from 1.</summary>
    internal required int ThrottleLimit { get; init; }

    /// <summary>Gets how long the whole call may take; null for no limit.</summary>
    internal TimeSpan? Timeout { get; init; }

    /// <summary>Gets how long one item may run, from its start; null for no limit.</summary>
    internal TimeSpan? ItemTimeout { get; init; }

    /// <summary>Gets a value indicating whether output comes in the order of the input.</summary>
    internal bool Ordered { get; init; }

    /// <summary>Gets a value indicating whether the first item that fails stops all others and ends the call.</summary>
    internal bool StopsOnError { get; init; }

    /// <summary>Gets a value indicating whether each item gives one record instead of its bare output.</summary>
    internal bool PassThru { get; init; }

    /// <summary>Gets how many items may wait before the workers, and as many outputs behind them.</summary>
    internal int QueueCapacity { get; init; } = 1024;

    /// <summary>Makes a limit of a parameter that counts seconds.</summary>
    /// <param name="seconds">The seconds; 0 for no limit.</param>
    internal static TimeSpan? LimitOf(double seconds) => seconds > 0 ? TimeSpan.FromSeconds(seconds) : null;
}
