using System.Collections.Generic;
using System.Management.Automation;
using OrchestrationEngine.Native;

namespace OrchestrationEngine.PowerShell;

/// <summary>What one pool of workers is doing and did.</summary>
public sealed class PoolInfo
{
    internal PoolInfo(
        PSLanguageMode mode, string imports, PoolCounters counters, IReadOnlyList<WorkerInfo> workers, int runspaces)
    {
        LanguageMode = mode;
        Imports = imports;
        Counters = counters;
        WorkerList = workers;
        WarmRunspaces = runspaces;
    }

    /// <summary>Gets the language mode of the pool's runspaces.</summary>
    public PSLanguageMode LanguageMode { get; }

    /// <summary>Gets what the runspaces were set up with, in a few words; empty for nothing.</summary>
    public string Imports { get; }

    /// <summary>Gets how many worker threads there are.</summary>
    public long Workers => Counters.Workers;

    /// <summary>Gets how many of them wait for work.</summary>
    public long Idle => Counters.Idle;

    /// <summary>Gets how many runspaces are open and not given up.</summary>
    public int WarmRunspaces { get; }

    /// <summary>Gets how many workers were given up because an item ignored its stop.</summary>
    public long Abandoned => Counters.Abandoned;

    /// <summary>Gets how many items wait now.</summary>
    public long Queued => Counters.Items.Queued;

    /// <summary>Gets how many items run now.</summary>
    public long Running => Counters.Items.Running;

    /// <summary>Gets how many items have ended since the module was imported.</summary>
    public long Done => Counters.Items.Done;

    /// <summary>Gets all counters.</summary>
    public PoolCounters Counters { get; }

    /// <summary>Gets the workers, one entry each.</summary>
    public IReadOnlyList<WorkerInfo> WorkerList { get; }
}
