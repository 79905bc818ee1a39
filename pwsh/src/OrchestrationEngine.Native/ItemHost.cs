using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Diagnostics;
using System.Threading;

namespace OrchestrationEngine.Native;

/// <summary>The workers' side of <see cref="ParallelItems"/>.</summary>
internal sealed class ItemHost<TInput, TOutput>(
    ItemSlots<TInput, TOutput> slots, Func<TInput, CancellationToken, TOutput> work) : IWorkerHost
{
    // By the number of the attachment: the engine stops an attachment at most once, and a worker takes no further
    // item under one that was stopped. None is disposed, since a stop may still be under way; without a timer a
    // source holds nothing that needs it.
    private readonly ConcurrentDictionary<long, CancellationTokenSource> _stops = new();

    public void Work(Worker worker)
    {
        while (worker.TryAttach(out var attachment))
        {
            var stop = new CancellationTokenSource();
            _stops[attachment.Number] = stop;
            while (worker.Next(out var item) == Waited.Ready)
            {
                worker.End(item, RunItem(item, stop.Token));
                // Drops what the work has registered and left; does nothing if the source was cancelled.
                stop.TryReset();
            }

            _stops.TryRemove(attachment.Number, out _);
            worker.Detach();
        }
    }

    // Without waiting: callbacks that were registered with the token run on the thread pool.
    public void StopWork(StopRequest request)
    {
        if (_stops.TryGetValue(request.Attachment, out var stop))
        {
            _ = stop.CancelAsync();
        }
    }

    public void ReportFailure(Exception exception) => slots.WorkerFailure = exception;

    private Outcome RunItem(long item, CancellationToken cancellationToken)
    {
        if (slots.Find(item) is not { } slot)
        {
            // The worker was abandoned between taking the item and coming here.
            return Outcome.Stopped;
        }

        try
        {
            slot.Output = work(slot.Input, cancellationToken);
            return Outcome.Succeeded;
        }
        catch (Exception error)
        {
            // If the item was to be stopped, the engine turns the failure into what the stop says.
            slot.Error = error;
            return Outcome.Failed;
        }
    }
}

/// <summary>The enumerating thread's side of <see cref="ParallelItems"/>: reads, submits, collects, waits.</summary>
internal sealed class ItemFeed<TInput, TOutput>(
    IEnumerator<TInput> source, ItemSlots<TInput, TOutput> slots, ItemQueue queue, CancellationToken cancellationToken)
{
    // How much is read before a look at the output: enough to make the look cheap, and no longer than nobody notices.
    private const int InputsAtOnce = 64;
    private static readonly TimeSpan ReadingAtOnce = TimeSpan.FromMilliseconds(1);

    private readonly ItemEvent[] _events = new ItemEvent[256];
    private bool _inputHasEnded;

    /// <summary>Goes on until results may be there.</summary>
    /// <returns>False once all have been taken.</returns>
    internal bool Advance()
    {
        var hasMore = Read();
        if (Collect() || hasMore)
        {
            return true;
        }

        return queue.Wait(Timeout.InfiniteTimeSpan) != Waited.Ended || !slots.IsEmpty;
    }

    /// <summary>Cancels what is not done, and waits until nothing runs but what is abandoned.</summary>
    internal void Finish()
    {
        while (queue.Wait(TimeSpan.Zero) != Waited.Ended)
        {
            queue.Cancel(CancelReason.Requested);
            queue.Wait(Timeout.InfiniteTimeSpan);
            queue.Take(_events);
        }
    }

    // False if nothing can be read until output was taken, or ever.
    private bool Read()
    {
        var start = Stopwatch.GetTimestamp();
        for (var count = 0; count < InputsAtOnce && !_inputHasEnded; count++)
        {
            if (!slots.HasRoom)
            {
                return false;
            }

            ReadOne();
            if (Stopwatch.GetElapsedTime(start) > ReadingAtOnce)
            {
                break;
            }
        }

        return !_inputHasEnded;
    }

    private void ReadOne()
    {
        if (cancellationToken.IsCancellationRequested || !source.MoveNext())
        {
            _inputHasEnded = true;
            queue.Close();
            return;
        }

        var item = slots.Add(source.Current);
        if (queue.TrySubmit(item) != Waited.Ready)
        {
            // The queue was cancelled meanwhile. The input was read, so it gets its result.
            _inputHasEnded = true;
            slots.End(item, Outcome.Stopped, TimeSpan.Zero, worker: 0);
        }
    }

    private bool Collect()
    {
        var count = queue.Take(_events);
        foreach (var ended in _events.AsSpan(0, count))
        {
            slots.End(ended.Item, ended.Outcome, ended.Duration, ended.Worker);
        }

        return count > 0;
    }
}
