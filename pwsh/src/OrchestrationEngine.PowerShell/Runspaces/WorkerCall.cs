using System;
using System.Management.Automation;
using System.Management.Automation.Host;
using System.Threading;
using OrchestrationEngine.Native;
using OrchestrationEngine.PowerShell.Output;

namespace OrchestrationEngine.PowerShell.Runspaces;

/// <summary>A call, as its workers see it.</summary>
internal abstract class WorkerCall : IDisposable
{
    private ErrorRecord? _refusal;

    private protected WorkerCall(CallSettings settings, ItemTable table)
    {
        Settings = settings;
        Table = table;
    }

    internal CallSettings Settings { get; }

    internal ItemTable Table { get; }

    /// <summary>Gets what the items share by name.</summary>
    internal OrchestrationState State { get; } = new();

    /// <summary>Gets who takes what comes of the blocks that workers run beside their items.</summary>
    internal IItemReceiver StageReceiver { get; init; } = new NoReceiver();

    /// <summary>Gets what comes of the block that gives the input; null if the pipeline gives it.</summary>
    internal InputProducer? Producer { get; init; }

    /// <summary>Gets the host of the session that the outermost call was made from; null if there is none.</summary>
    internal PSHost? Host { get; init; }

    /// <summary>Gets the gate for items that must not run beside each other.</summary>
    internal SemaphoreSlim Alone { get; } = new(1, 1);

    /// <summary>Gets why its items cannot be run at all, if so.</summary>
    internal ErrorRecord? Refusal => Volatile.Read(ref _refusal);

    /// <summary>Gets a value indicating whether the call ends before its input does. Safe on any thread.</summary>
    internal abstract bool IsCancelled { get; }

    /// <summary>Gets or sets the tag of the call's queue, by which workers find the call.</summary>
    internal long Tag { get; set; }

    /// <summary>Gets or sets what the pool does when the call is over.</summary>
    internal Action? Closing { get; set; }

    /// <summary>Finds the slot of an item that a worker has pulled.</summary>
    internal abstract ItemSlot Find(long item);

    /// <summary>Makes the way by which a worker tells the call what comes of its items.</summary>
    internal abstract IWorkerOutput OutputOf(Worker worker);

    /// <summary>Ends the call because its items cannot be run at all.</summary>
    internal void Refuse(ErrorRecord reason)
    {
        Interlocked.CompareExchange(ref _refusal, reason, null);
        Cancel(CancelReason.Requested);
    }

    /// <summary>Stops the call. May be called on any thread, and after the end.</summary>
    internal abstract void Cancel(CancelReason reason);

    /// <summary>Lowers the limit of workers by the one that has given the input. Called on that worker.</summary>
    internal abstract void EndExtraWorker();

    /// <summary>Ends the call; workers that are still in it find it cancelled.</summary>
    public void Dispose()
    {
        Closing?.Invoke();
        DisposeQueue();
        Alone.Dispose();
        Producer?.Dispose();
    }

    /// <summary>Frees what the workers pull from, if that was opened.</summary>
    private protected abstract void DisposeQueue();
}
