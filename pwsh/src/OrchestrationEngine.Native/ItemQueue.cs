using System;
using System.Diagnostics.CodeAnalysis;
using OrchestrationEngine.Native.Interop;

namespace OrchestrationEngine.Native;

/// <summary>
/// The items of one call: ids in, events out, both bounded. All members may be called from any thread, though waiting
/// and taking are meant for one thread at a time.
/// </summary>
[SuppressMessage("Naming", "CA1711", Justification = "It is a queue; the rule wants a subclass of Queue.")]
public sealed class ItemQueue : IDisposable
{
    private readonly QueueHandle _handle;
    private volatile bool _hasEnded;

    internal ItemQueue(QueueHandle handle) => _handle = handle;

    /// <summary>Gets why the queue was cancelled, if it was.</summary>
    public CancelReason CancelReason
    {
        get
        {
            EngineException.ThrowUnlessOk(NativeMethods.oe_queue_get_cancel_reason(_handle, out var reason));
            return (CancelReason)reason;
        }
    }

    /// <summary>Gives items to the queue, as many as there is room for, without waiting.</summary>
    /// <param name="items">The ids, distinct among the items that have not ended.</param>
    /// <returns>How many of them, from the first on, were taken.</returns>
    /// <exception cref="EngineException">The queue was closed or cancelled.</exception>
    public int Submit(ReadOnlySpan<long> items)
    {
        var status = NativeMethods.oe_queue_submit(_handle, items, (nuint)items.Length, out var accepted);
        EngineException.ThrowUnlessOk(status);
        return (int)accepted;
    }

    /// <summary>Gives one item to the queue, without waiting.</summary>
    /// <param name="item">The id.</param>
    /// <returns>Ready if it was taken, TimedOut if there is no room now, Ended if the queue takes no more.</returns>
    public Waited TrySubmit(long item)
    {
        var status = NativeMethods.oe_queue_submit(_handle, new ReadOnlySpan<long>(in item), 1, out var accepted);
        switch (status)
        {
            case EngineStatus.Ok:
                return accepted == 1 ? Waited.Ready : Waited.TimedOut;
            case EngineStatus.Closed:
                return Waited.Ended;
            default:
                EngineException.Throw(status);
                return default;
        }
    }

    /// <summary>Says that no more items come.</summary>
    public void Close() => EngineException.ThrowUnlessOk(NativeMethods.oe_queue_close(_handle));

    /// <summary>
    /// Stops what runs and drops what waits, without waiting for it; each item still ends by an event.
    /// </summary>
    /// <param name="reason">Why; decides whether running items end as timed out or as stopped.</param>
    public void Cancel(CancelReason reason) =>
        EngineException.ThrowUnlessOk(NativeMethods.oe_queue_cancel(_handle, (uint)reason));

    /// <summary>
    /// Changes how many workers may work on the queue at once. Raising the limit may bring workers at once; lowering it
    /// takes nobody away, but a worker that is one too many is let go when it next asks for an item.
    /// </summary>
    /// <param name="limit">How many, 1 to <see cref="Engine.WorkerLimit"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="limit"/> is out of that range.</exception>
    public void SetWorkerLimit(int limit)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(limit, Engine.WorkerLimit);
        EngineException.ThrowUnlessOk(NativeMethods.oe_queue_set_worker_limit(_handle, (uint)limit));
    }

    /// <summary>Waits until there is output to take, or room for input.</summary>
    /// <param name="limit">How long at most; zero only looks, infinite waits without end.</param>
    /// <param name="wantRoom">Whether room for input ends the wait too.</param>
    /// <returns>Ready, TimedOut, or Ended once nothing will ever come again.</returns>
    public Waited Wait(TimeSpan limit, bool wantRoom = false)
    {
        var status = NativeMethods.oe_queue_wait(_handle, wantRoom ? (byte)1 : (byte)0, Limits.ForWait(limit));
        if (status > EngineStatus.Ended)
        {
            EngineException.Throw(status);
        }

        _hasEnded |= status == EngineStatus.Ended;
        return (Waited)status;
    }

    /// <summary>Takes events, as many as there are and fit, without waiting.</summary>
    /// <param name="events">Where to.</param>
    /// <returns>How many were written.</returns>
    public int Take(Span<ItemEvent> events)
    {
        EngineException.ThrowUnlessOk(
            NativeMethods.oe_queue_take(_handle, events, (nuint)events.Length, out var count));
        return (int)count;
    }

    /// <summary>Says what the queue did so far.</summary>
    /// <returns>The counters, all of one moment.</returns>
    public ItemCounters GetCounters()
    {
        EngineException.ThrowUnlessOk(NativeMethods.oe_queue_get_counters(_handle, out var found));
        return Convert(found);
    }

    /// <summary>
    /// Frees the queue; what is not done is cancelled. A thread that waits in it is woken and finds it disposed.
    /// </summary>
    public void Dispose()
    {
        // A thread inside a call keeps the queue from being freed, so what ends its wait has to come first.
        if (!_hasEnded && !_handle.IsClosed)
        {
            CancelUnlessDisposed();
        }

        _handle.Dispose();
    }

    internal static ItemCounters Convert(NativeItemCounters found) => new(
        (long)found.Submitted,
        (long)found.Queued,
        (long)found.Running,
        (long)found.Succeeded,
        (long)found.Failed,
        (long)found.TimedOut,
        (long)found.Stopped,
        (long)found.Late,
        (long)found.Waits);

    private void CancelUnlessDisposed()
    {
        try
        {
            _ = NativeMethods.oe_queue_cancel(_handle, (uint)CancelReason.HostGone);
        }
        catch (ObjectDisposedException)
        {
            // Another thread was faster.
        }
    }
}
