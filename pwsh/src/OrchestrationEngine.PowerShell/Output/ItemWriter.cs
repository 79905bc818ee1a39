using System;
using System.Collections.Generic;
using System.Management.Automation;
using OrchestrationEngine.Native;

namespace OrchestrationEngine.PowerShell.Output;

/// <summary>
/// Turns the events of the native queue back into objects and hands them to the receiver, at once or in the order of
/// the input. Used on the thread that feeds the call.
/// </summary>
internal sealed class ItemWriter
{
    private readonly ItemTable _table;
    private IItemReceiver _receiver;
    private IAttempts? _attempts;
    private NoReceiver? _nobody;
    private readonly Queue<ItemSlot>? _order;
    private readonly Func<int, Outbox> _findOutbox;
    private readonly Dictionary<int, Outbox> _outboxes = [];

    internal ItemWriter(
        ItemTable table, Func<int, Outbox> findOutbox, IItemReceiver receiver, bool ordered, IAttempts? attempts)
    {
        _table = table;
        _findOutbox = findOutbox;
        _receiver = receiver;
        _attempts = attempts;
        _order = ordered ? new Queue<ItemSlot>() : null;
    }

    /// <summary>Gets who sees what happens to items when it happens; null for nobody.</summary>
    internal IItemObserver? Observer { get; init; }

    /// <summary>Gets how many items have ended so far, by status.</summary>
    internal StatusCounts Ended { get; } = new();

    /// <summary>Gets how many items were submitted and have not ended; those that wait for another attempt among them.</summary>
    internal long InFlight { get; private set; }

    /// <summary>Gets the error that ended the first item that failed.</summary>
    internal ErrorRecord? FirstFailure { get; private set; }

    /// <summary>Takes note of an item that was submitted, which decides the order.</summary>
    internal void Expect(ItemSlot slot)
    {
        InFlight++;
        _order?.Enqueue(slot);
    }

    /// <summary>Hands on, or holds back, what an event says.</summary>
    internal void Write(in ItemEvent happened)
    {
        var slot = _table[happened.Item];
        if (slot.Own is { } own)
        {
            WriteOwn(slot, _nobody ?? own, happened);
            return;
        }

        if (happened.IsEnd)
        {
            End(slot, happened);
            return;
        }

        var kind = (OutputKind)happened.Kind;
        var value = OutboxOf(happened.Worker).Take();
        if (Observer is not null && Observer.Takes(slot, kind, value))
        {
            return;
        }

        if (_attempts is not null && kind is OutputKind.Output or OutputKind.Error or OutputKind.Failure)
        {
            slot.Attempted.Add((kind, value));
        }
        else
        {
            Deliver(slot, kind, value);
        }
    }

    /// <summary>Ends an item with its last attempt, also one that waits for another and will not get it.</summary>
    internal void EndAfterAll(ItemSlot slot, in ItemEvent end)
    {
        Observer?.Ended(slot, end);
        if (_attempts is not null)
        {
            slot.Attempted.ForEach(put => Deliver(slot, put.Kind, put.Value));
        }

        Ended.Count((ItemStatus)end.Outcome);
        InFlight--;
        if (_order is null)
        {
            Release(slot, end);
            return;
        }

        slot.End = end;
        ReleaseInOrder(_order);
    }

    /// <summary>From now on tells nobody but the observer: who took the output is gone.</summary>
    internal void Silence()
    {
        Observer?.Silence();
        _nobody = new NoReceiver();
        _receiver = _nobody;
        _attempts = null;
    }

    private void Deliver(ItemSlot slot, OutputKind kind, object? value)
    {
        if (kind == OutputKind.Failure)
        {
            FirstFailure ??= value as ErrorRecord;
        }

        if (_order is null || _order.Peek() == slot)
        {
            _receiver.Receive(slot, kind, value);
        }
        else
        {
            slot.Held.Enqueue((kind, value));
        }
    }

    // What is no item of the input has no place in its order, and no further attempt.
    private void WriteOwn(ItemSlot slot, IItemReceiver own, in ItemEvent happened)
    {
        if (!happened.IsEnd)
        {
            own.Receive(slot, (OutputKind)happened.Kind, OutboxOf(happened.Worker).Take());
            return;
        }

        own.End(slot, happened);
        _table.RemoveOwn(slot);
    }

    private Outbox OutboxOf(int worker)
    {
        if (!_outboxes.TryGetValue(worker, out var outbox))
        {
            outbox = _findOutbox(worker);
            _outboxes.Add(worker, outbox);
        }

        return outbox;
    }

    private void End(ItemSlot slot, in ItemEvent happened)
    {
        Observer?.AttemptEnded(slot, happened);
        if (_attempts is null || !IsTriedAgain(_attempts, slot, happened))
        {
            EndAfterAll(slot, happened);
        }
    }

    private bool IsTriedAgain(IAttempts attempts, ItemSlot slot, in ItemEvent happened)
    {
        try
        {
            return attempts.TryAgain(slot, happened, FailureOf(slot));
        }
        catch
        {
            // The call is ending, and so this was the last attempt.
            Observer?.Ended(slot, happened);
            throw;
        }
    }

    private static ErrorRecord? FailureOf(ItemSlot slot) =>
        slot.Attempted.FindLast(put => put.Kind == OutputKind.Failure).Value as ErrorRecord;

    private void ReleaseInOrder(Queue<ItemSlot> order)
    {
        while (order.TryPeek(out var first))
        {
            while (first.Held.TryDequeue(out var held))
            {
                _receiver.Receive(first, held.Kind, held.Value);
            }

            if (first.End is not { } end)
            {
                return;
            }

            order.Dequeue();
            Release(first, end);
        }
    }

    private void Release(ItemSlot slot, in ItemEvent end)
    {
        _receiver.End(slot, end);
        _table.Return(slot);
    }
}
