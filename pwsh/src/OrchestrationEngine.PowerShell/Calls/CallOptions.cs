using System;
using System.Collections.Generic;
using System.Management.Automation;
using OrchestrationEngine.PowerShell.Imports;
using OrchestrationEngine.PowerShell.Reports;
using OrchestrationEngine.PowerShell.Runspaces;

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

    /// <summary>Gets when an item is run again; null for never.</summary>
    internal RetryOptions? Retry { get; init; }

    /// <summary>Gets how many inputs make one item, from 1; null if each input is an item.</summary>
    internal int? BatchSize { get; init; }

    /// <summary>Gets what says of each input, in $_, whether it is an item at all; null if all are.</summary>
    internal ScriptBlock? Filter { get; init; }

    /// <summary>Gets a value indicating whether references that items put out are new input.</summary>
    internal bool Refills { get; init; }

    /// <summary>Gets a value indicating whether the call runs as a job.</summary>
    internal bool AsJob { get; init; }

    /// <summary>Gets the name of the job; null for one that PowerShell makes up.</summary>
    internal string? JobName { get; init; }

    /// <summary>Gets the name of the caller's variable that gets what the items share by name; null for none.</summary>
    internal string? StateVariable { get; init; }

    /// <summary>Gets what the call is to tell beside its output; null for nothing.</summary>
    internal ReportOptions? Reports { get; init; }

    /// <summary>Gets what each worker runs before its first item; null for nothing.</summary>
    internal ScriptBlock? Begin { get; init; }

    /// <summary>Gets what each worker runs after its last item; null for nothing.</summary>
    internal ScriptBlock? End { get; init; }

    /// <summary>Gets what each worker runs at last, also when it was stopped; null for nothing.</summary>
    internal ScriptBlock? Finally { get; init; }

    /// <summary>Gets a value indicating whether the block keeps its state from item to item of a worker.</summary>
    internal bool IsStateful { get; init; }

    /// <summary>Gets what gives the input, run by a worker; null if the pipeline does.</summary>
    internal ScriptBlock? InputScript { get; init; }

    /// <summary>Gets a value indicating whether the limit of the call ends only its items, not the pipeline.</summary>
    internal bool GoesOnAfterTimeout { get; init; }

    /// <summary>Gets a value indicating whether each item gets a runspace that nobody used before.</summary>
    internal bool UseNewRunspace { get; init; }

    /// <summary>Gets which ForEach-Object makes the call; Original if another command does.</summary>
    internal ForEachObjectKind ForEachObject { get; init; }

    /// <summary>Gets the parameters that the cmdlet was given, by name.</summary>
    internal IReadOnlyDictionary<string, object> Given { get; init; } = new Dictionary<string, object>();

    /// <summary>Gets a value indicating whether to be as PowerShell's own ForEach-Object, its refusals included.</summary>
    internal bool IsStrict => ForEachObject == ForEachObjectKind.Strict;

    /// <summary>Gets what of the caller's session the items find in theirs.</summary>
    internal ImportOptions Imports { get; init; } = ImportOptions.None;

    /// <summary>Gets a value indicating whether items find what those before them have left in their runspace.</summary>
    internal bool KeepsState { get; init; }

    /// <summary>Gets the tasks to run instead of items, as they were written; null for items.</summary>
    internal IReadOnlyList<object?>? Tasks { get; init; }

    /// <summary>Gets how many slots groups of tasks have, by name.</summary>
    internal IReadOnlyDictionary<string, int> Groups { get; init; } = new Dictionary<string, int>();

    /// <summary>Gets the name of the caller's variable that gets what came of a run of tasks; null for none.</summary>
    internal string? SummaryVariable { get; init; }

    /// <summary>Gets where a run of tasks is kept, and which goes on; null if it is not kept.</summary>
    internal RunKeeping? Keeping { get; init; }

    /// <summary>Gets a value indicating whether every task runs, whatever is remembered, and nothing of it is.</summary>
    internal bool NoCache { get; init; }

    /// <summary>Makes a limit of a parameter that counts seconds.</summary>
    /// <param name="seconds">The seconds; 0 for no limit.</param>
    internal static TimeSpan? LimitOf(double seconds) => seconds > 0 ? TimeSpan.FromSeconds(seconds) : null;
}
