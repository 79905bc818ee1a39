using System.Collections.Generic;
using OrchestrationEngine.Native;
using OrchestrationEngine.PowerShell.Output;
using OrchestrationEngine.PowerShell.Runspaces;

namespace OrchestrationEngine.PowerShell.Calls;

/// <summary>
/// Makes items of what comes in and submits them: from the pipeline, from the block that gives the input, and from
/// items that put further input out. Whatever tries here gives false once the call was cut short. Used on the thread
/// that feeds the call.
/// </summary>
internal sealed class CallFeed(ItemCall call, CallDrain drain, ItemWriter writer, ItemIntake intake)
{
    private bool _usingRunsAlone;

    /// <summary>Gets the further input that items have put out; null if theirs is output as any other.</summary>
    internal Queue<object?>? Refill { get; init; }

    private bool CanComeBack => (drain.Retries is not null || Refill is not null) && writer.InFlight > 0;

    /// <summary>Looks at values that all items share: whether items must not run beside each other with them.</summary>
    internal void NoteShared(IEnumerable<object?> values)
    {
        foreach (var value in values)
        {
            _usingRunsAlone |= ClassAffinity.IsBound(value);
        }
    }

    /// <summary>Starts the block that gives the input, if there is one.</summary>
    internal void StartProducer()
    {
        if (call.Producer is not null)
        {
            var turn = call.Table.AddOwn(new NoReceiver());
            turn.Fill(ItemSlot.NoIndex, InputProducer.Turn, runsAlone: false);
            call.Queue.TrySubmit(turn.Number);
        }
    }

    /// <summary>Takes one input; waits, and hands on output meanwhile, while the queue is full.</summary>
    internal bool TryAdd(object? input) => TryFeed(input) && TryFeedOwn();

    /// <summary>
    /// Goes on until nothing can come: items can bring further input, or come back for another attempt, so the queue
    /// stays open until none can.
    /// </summary>
    internal bool TryGoOnToEnd()
    {
        drain.HasAllItems = call.Producer is null && Refill is null;
        while (TryFeedOwn() && call.Producer?.Failure is null)
        {
            var canComeIn = call.Producer is { HasEnded: false };
            if (!canComeIn && intake.TryTakeRest(out var rest))
            {
                if (!TrySubmit(rest))
                {
                    return false;
                }
            }
            else if (!canComeIn && !CanComeBack)
            {
                drain.HasAllItems = true;
                return true;
            }
            else if (drain.Wait(wantRoom: false) == Waited.Ended)
            {
                return false;
            }
        }

        call.Cancel(CancelReason.Requested);
        return false;
    }

    private bool TryFeedOwn()
    {
        while (call.Producer is not null && call.Producer.TryTake(out var input))
        {
            if (!TryFeed(input))
            {
                return false;
            }
        }

        while (Refill is not null && Refill.TryDequeue(out var input))
        {
            if (!TryFeed(input))
            {
                return false;
            }
        }

        return true;
    }

    private bool TryFeed(object? input) => !intake.TryTake(input, out var item) || TrySubmit(item);

    private bool TrySubmit(object? item)
    {
        if (Rent() is not { } slot)
        {
            return false;
        }

        slot.Fill(drain.Items++, item, _usingRunsAlone || ClassAffinity.IsBound(item));
        drain.Pumps |= slot.RunsAlone;
        Waited submitted;
        while ((submitted = call.Queue.TrySubmit(slot.Number)) == Waited.TimedOut)
        {
            drain.Wait(wantRoom: true);
        }

        if (submitted == Waited.Ready)
        {
            writer.Expect(slot);
            return true;
        }

        call.Table.Return(slot);
        return false;
    }

    private ItemSlot? Rent()
    {
        ItemSlot? slot;
        while ((slot = call.Table.TryRent()) is null)
        {
            if (drain.Wait(wantRoom: false) == Waited.Ended)
            {
                return null;
            }
        }

        return slot;
    }
}
