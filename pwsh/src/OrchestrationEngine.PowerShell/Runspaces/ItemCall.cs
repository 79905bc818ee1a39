using System;
using System.Collections.Generic;
using OrchestrationEngine.Native;
using OrchestrationEngine.PowerShell.Output;

namespace OrchestrationEngine.PowerShell.Runspaces;

/// <summary>A call that runs items of a native queue, as its workers see it.</summary>
internal sealed class ItemCall(CallSettings settings, ItemTable table) : WorkerCall(settings, table)
{
    private readonly Dictionary<int, Outbox> _outboxes = [];

    /// <summary>Gets the queue; set once, before the first item.</summary>
    internal ItemQueue Queue { get; private set; } = null!;

    /// <inheritdoc/>
    internal override bool IsCancelled
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

    internal void Open(ItemQueue queue) => Queue = queue;

    /// <inheritdoc/>
    internal override ItemSlot Find(long item) => Table[item];

    /// <inheritdoc/>
    internal override IWorkerOutput OutputOf(Worker worker) => new QueueOutput(worker, OutboxOf(worker.Id));

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

    /// <inheritdoc/>
    internal override void EndExtraWorker()
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

    /// <inheritdoc/>
    internal override void Cancel(CancelReason reason)
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

    /// <inheritdoc/>
    private protected override void DisposeQueue() => Queue?.Dispose();
}
