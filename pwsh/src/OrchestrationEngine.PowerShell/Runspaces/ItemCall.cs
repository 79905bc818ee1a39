using System;
using System.Collections.Generic;
using System.Management.Automation;
using System.Management.Automation.Host;
using System.Threading;
using OrchestrationEngine.Native;
using OrchestrationEngine.PowerShell.Output;

namespace OrchestrationEngine.PowerShell.Runspaces;

/// <summary>One call, as its workers see it.</summary>
internal sealed class ItemCall : IDisposable
{
    private readonly Dictionary<int, Outbox> _outboxes = [];
    private ErrorRecord? _refusal;

    internal ItemCall(CallSettings settings, ItemTable table)
    {
        Settings = settings;
        Table = table;
    }

    internal CallSettings Settings { get; }

    internal ItemTable Table { get; }

    /// <summary>Gets what the items share by name.</summary>
    internal OrchestrationState State { get; } = new();

    /// <summary>Gets who takes what comes of the blocks that workers run beside their items.</summary>
    internal required IItemReceiver StageReceiver { get; init; }

    /// <summary>Gets what comes of the block that gives the input; null if the pipeline gives it.</summary>
    internal InputProducer? Producer { get; init; }

    /// <summary>Gets the host of the session that the outermost call was made from; null if there is none.</summary>
    internal PSHost? Host { get; init; }

    /// <summary>Gets the gate for items that must not run beside each other.</summary>
    internal SemaphoreSlim Alone { get; } = new(1, 1);

    /// <summary>Gets why its items cannot be run at all, if so.</summary>
    internal ErrorRecord? Refusal => Volatile.Read(ref _refusal);

    /// <summary>Gets a value indicating whether the call ends before its input does. Safe on any thread.</summary>
    internal bool IsCancelled
    {
        get
        {
            try
            {
                return Queue.CancelReason != CancelReason.None;
            }
            catch (ObjectDisposedException)
            {
                return true;
            }
        }
    }

    /// <summary>Gets the queue; set once, before the first item.</summary>
    internal ItemQueue Queue { get; private set; } = null!;

    /// <summary>Gets or sets the tag of the queue, by which workers find the call.</summary>
    internal long Tag { get; set; }

    /// <summary>Gets or sets what the pool does when the call is over.</summary>
    internal Action? Closing { get; set; }

    internal void Open(ItemQueue queue) => Queue = queue;

    /// <summary>Finds the objects that a worker has put out and that were not taken yet.</summary>
    internal Outbox OutboxOf(int worker)
    {
        lock (_outboxes)
        {
            if (!_outboxes.TryGetValue(worker, out var outbox))
            {
                outbox = new Outbox();
                _outboxes.Add(worker, outbox);
            }

            return outbox;
        }
    }

    /// <summary>Ends the call because its items cannot be run at all.</summary>
    internal void Refuse(ErrorRecord reason)
    {
        Interlocked.CompareExchange(ref _refusal, reason, null);
        Cancel(CancelReason.Requested);
    }

    /// <summary>Lowers the limit of workers by the one that has given the input. Called on that worker.</summary>
    internal void EndExtraWorker()
    {
        try
        {
            Queue.SetWorkerLimit(Settings.ThrottleLimit);
        }
        catch (ObjectDisposedException)
        {
            // The call is over.
        }
    }

    /// <summary>Stops the call. May be called on any thread, and after the end.</summary>
    internal void Cancel(CancelReason reason)
    {
        try
        {
            Queue.Cancel(reason);
        }
        catch (ObjectDisposedException)
        {
            // It is over; nothing is left to stop.
        }
    }

    /// <summary>Frees the queue; workers that are still in the call find it cancelled.</summary>
    public void Dispose()
    {
        Closing?.Invoke();
        Queue?.Dispose();
        Alone.Dispose();
        Producer?.Dispose();
    }
}
