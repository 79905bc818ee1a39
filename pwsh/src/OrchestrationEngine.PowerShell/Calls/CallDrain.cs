using System;
using System.Collections.Generic;
using OrchestrationEngine.Native;
using OrchestrationEngine.PowerShell.Output;
using OrchestrationEngine.PowerShell.Reports;
using OrchestrationEngine.PowerShell.Runspaces;

namespace OrchestrationEngine.PowerShell.Calls;

/// <summary>
/// Waits for what comes back from the queue of a call, hands it on, and starts the attempts that are due meanwhile.
/// Used on the thread that feeds the call.
/// </summary>
internal sealed class CallDrain(ItemCall call, ItemWriter writer, ICaller caller)
{
    /// <summary>How often a runspace is made to answer calls of methods of its classes.</summary>
    private static readonly TimeSpan PumpInterval = TimeSpan.FromMilliseconds(2);

    private static readonly TimeSpan NoLimit = System.Threading.Timeout.InfiniteTimeSpan;

    private readonly ItemEvent[] _events = new ItemEvent[256];
    private readonly Queue<(ItemSlot Slot, ItemEvent End)> _givenUp = new();
    private int _taken;
    private int _next;
    private long _lastDrain;
    private int _sinceDrain;

    /// <summary>Gets the items that wait for another attempt; null if there is only one.</summary>
    internal RetryPlan? Retries { get; init; }

    /// <summary>Gets the progress, the log and the trace; null if none was asked for.</summary>
    internal CallReports? Reports { get; init; }

    /// <summary>Gets a value indicating whether the call ends at the first item that has failed for good.</summary>
    internal bool StopsOnError { get; init; }

    /// <summary>Gets or sets a value indicating whether an item can call methods of the caller's classes.</summary>
    internal bool Pumps { get; set; }

    /// <summary>Gets or sets how many items were made of the input so far.</summary>
    internal long Items { get; set; }

    /// <summary>Gets or sets a value indicating whether no further items will be made.</summary>
    internal bool HasAllItems { get; set; }

    /// <summary>Gets a value indicating whether everything that there was has been handed on.</summary>
    internal bool HasEnded { get; private set; }

    /// <summary>
    /// Hands on what there is, if it is time to. Output leaves with the next input, but a look at the queue costs as
    /// much as a small item: so at most once a clock tick, or every so many items.
    /// </summary>
    internal void NowAndThen()
    {
        var now = Environment.TickCount64;
        if (now == _lastDrain && ++_sinceDrain < 64)
        {
            return;
        }

        _lastDrain = now;
        _sinceDrain = 0;
        if (Pumps)
        {
            caller.AnswerClassMethods();
        }

        HandOn();
    }

    /// <summary>Waits for something to hand on, and does so.</summary>
    /// <param name="wantRoom">Whether to wait for room in the queue, too.</param>
    /// <returns><see cref="Waited.Ended"/> if nothing can come any more.</returns>
    internal Waited Wait(bool wantRoom)
    {
        if (Pumps)
        {
            caller.AnswerClassMethods();
        }

        // What is due now and was not started waits for room.
        var isDue = Retries?.PeekDue() is not null;
        var waited = call.Queue.Wait(WaitLimit(isDue), wantRoom || isDue);
        HandOn();
        return waited;
    }

    /// <summary>Hands on all that is left.</summary>
    internal void ToEnd()
    {
        while (Wait(wantRoom: false) != Waited.Ended)
        {
        }

        EndWaitingAttempts();
        HasEnded = true;
        Reports?.Dispose();
    }

    /// <summary>Waits for the end when nothing can be written any more, but reports are to be complete.</summary>
    internal void ToEndSilently()
    {
        writer.Silence();
        do
        {
            if (Reports is not null)
            {
                WriteTaken();
            }

            _taken = call.Queue.Take(_events);
            _next = 0;
        }
        while (_taken > 0 || call.Queue.Wait(NoLimit) == Waited.Ready);

        EndWaitingAttempts();
    }

    private static TimeSpan Sooner(TimeSpan limit, TimeSpan? other) =>
        other is { } time && (limit == NoLimit || time < limit) ? time : limit;

    private TimeSpan WaitLimit(bool isDue)
    {
        var limit = Pumps ? PumpInterval : NoLimit;
        var next = isDue ? null : Retries?.UntilNext;
        return Sooner(Sooner(limit, next), Reports?.TickInterval);
    }

    private void HandOn()
    {
        do
        {
            _taken = call.Queue.Take(_events);
            _next = 0;
            WriteTaken();
        }
        while (_taken == _events.Length);

        Reports?.Tick(Items, HasAllItems);
        if (Retries is not null)
        {
            StartDueAttempts(Retries);
        }
    }

    // Counts before it writes: writing may end the call, and what was not written is told to the reports then.
    private void WriteTaken()
    {
        while (_next < _taken)
        {
            writer.Write(_events[_next++]);
        }
    }

    private void StartDueAttempts(RetryPlan retries)
    {
        if (StopsOnError && writer.FirstFailure is not null)
        {
            call.Cancel(CancelReason.FirstFailure);
        }

        while (retries.PeekDue() is { } slot)
        {
            // Counted before it starts: the item can ask which attempt it is.
            slot.Attempt++;
            var submitted = call.Queue.TrySubmit(slot.Number);
            if (submitted == Waited.Ready)
            {
                retries.StartDue();
                continue;
            }

            slot.Attempt--;
            if (submitted == Waited.Ended)
            {
                EndWaitingAttempts();
            }

            return;
        }
    }

    // One by one: writing may end the call, and the rest is told to the reports then.
    private void EndWaitingAttempts()
    {
        foreach (var waiting in Retries?.GiveUp() ?? [])
        {
            _givenUp.Enqueue(waiting);
        }

        while (_givenUp.TryDequeue(out var waiting))
        {
            writer.EndAfterAll(waiting.Slot, waiting.End);
        }
    }
}
