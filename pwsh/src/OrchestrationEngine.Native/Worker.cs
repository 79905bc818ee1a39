using System;
using System.Text;
using System.Text.Json;
using OrchestrationEngine.Native.Interop;

namespace OrchestrationEngine.Native;

/// <summary>
/// A thread of a pool, as its host sees it. Its members may be called on that thread only, until
/// <see cref="IWorkerHost.Work"/> returns.
/// </summary>
public sealed class Worker : IDisposable
{
    private readonly int _thread = Environment.CurrentManagedThreadId;
    private nint _worker;

    internal Worker(nint worker)
    {
        _worker = worker;
        EngineException.ThrowUnlessOk(NativeMethods.oe_worker_get_id(worker, out var id));
        Id = (int)id;
    }

    /// <summary>Gets the worker's number, unique in the process, from 1.</summary>
    public int Id { get; }

    // Read by every call, so that a worker kept beyond its time throws instead of following a dead pointer. Only its
    // own thread follows the pointer, so that it cannot die between this look and the call.
    private nint Live
    {
        get
        {
            ObjectDisposedException.ThrowIf(_worker == 0, this);
            return _thread == Environment.CurrentManagedThreadId ? _worker : throw EngineException.WrongThread();
        }
    }

    /// <summary>Waits until a queue has work for one more worker, and joins it.</summary>
    /// <param name="attachment">What was joined.</param>
    /// <returns>False if there is nothing more to do: return from <see cref="IWorkerHost.Work"/>.</returns>
    public bool TryAttach(out Attachment attachment)
    {
        var status = NativeMethods.oe_worker_attach(Live, out var found);
        switch (status)
        {
            case EngineStatus.Ok:
                attachment = new Attachment((long)found.Tag, (long)found.Attachment);
                return true;
            case EngineStatus.Ended or EngineStatus.Abandoned:
                attachment = default;
                return false;
            default:
                EngineException.Throw(status);
                attachment = default;
                return false;
        }
    }

    /// <summary>Waits for one item, which counts as started now.</summary>
    /// <param name="item">The id.</param>
    /// <returns>Ready; or Ended, Stopped or Abandoned: then detach.</returns>
    public Waited Next(out long item)
    {
        item = 0;
        return Check(NativeMethods.oe_worker_next(Live, new Span<long>(ref item), 1, out _, Limits.None));
    }

    /// <summary>Waits for items, which count as started now.</summary>
    /// <param name="items">
    /// Where the ids go. More than one comes only while the items of this queue take less than a millisecond.
    /// </param>
    /// <param name="limit">How long to wait at most; zero only looks, infinite waits without end.</param>
    /// <param name="count">How many were written.</param>
    /// <returns>Ready; TimedOut; or Ended, Stopped or Abandoned: then detach.</returns>
    public Waited Next(Span<long> items, TimeSpan limit, out int count)
    {
        var milliseconds = Limits.ForWait(limit);
        var status = NativeMethods.oe_worker_next(Live, items, (nuint)items.Length, out var written, milliseconds);
        var result = Check(status);
        count = result == Waited.Ready ? (int)written : 0;
        return result;
    }

    /// <summary>
    /// Starts an item of the worker's own making, which was never submitted. It lasts until it is ended or the worker
    /// leaves, beside any number of items that the worker takes meanwhile, and the queue does not end before it. The
    /// time limit of one item does not apply to it; what stops the queue stops it too.
    /// </summary>
    /// <param name="item">The id, distinct among the items that have not ended.</param>
    /// <returns>Ready; or Ended, Stopped or Abandoned: then detach, for the item does not run.</returns>
    /// <exception cref="EngineException">The worker runs an item with this id already.</exception>
    public Waited Start(long item) => Check(NativeMethods.oe_worker_start(Live, item));

    /// <summary>Puts out one output of a running item; waits while the output is full.</summary>
    /// <param name="item">The item.</param>
    /// <param name="kind">The host's word for what it is, 1 to 65,535.</param>
    /// <returns>False if the worker was given up: what it does is of no use any more.</returns>
    public bool Emit(long item, ushort kind) => Check(NativeMethods.oe_worker_emit(Live, item, kind)) == Waited.Ready;

    /// <summary>Says what came of a running item of a run, before it ends; a later report replaces it.</summary>
    /// <param name="item">The item.</param>
    /// <param name="json">The report, as the C header documents it at <c>oe_worker_report</c>.</param>
    /// <returns>False if the item is over: what the worker does is of no use any more.</returns>
    /// <exception cref="EngineException">The text is no report, or the queue is not that of a run.</exception>
    public bool Report(long item, string json)
    {
        ArgumentNullException.ThrowIfNull(json);
        var bytes = Encoding.UTF8.GetBytes(json);
        return Check(NativeMethods.oe_worker_report(Live, item, bytes, (nuint)bytes.Length)) == Waited.Ready;
    }

    /// <summary>Says what came of a running item of a run, before it ends; a later report replaces it.</summary>
    /// <param name="item">The item.</param>
    /// <param name="report">What came of it.</param>
    /// <returns>False if the item is over: what the worker does is of no use any more.</returns>
    /// <exception cref="EngineException">The report is none for this item, or the queue is not that of a run.</exception>
    public bool Report(long item, TaskReport report)
    {
        ArgumentNullException.ThrowIfNull(report);
        return Report(item, JsonSerializer.Serialize(report, RunJson.Default.TaskReport));
    }

    /// <summary>Ends a running item; waits while the output is full.</summary>
    /// <param name="item">The item.</param>
    /// <param name="outcome">How it ended; if it was to be stopped, the reason of the stop decides.</param>
    /// <returns>False if the worker was given up, or does not run the item.</returns>
    public bool End(long item, Outcome outcome) =>
        Check(NativeMethods.oe_worker_end(Live, item, (uint)outcome)) == Waited.Ready;

    /// <summary>
    /// Ends items that were handed out together, all in the same way; for items of microseconds that costs far less
    /// than one call each. Each counts as having run for an equal part of the time.
    /// </summary>
    /// <param name="items">The items.</param>
    /// <param name="outcome">How they ended; if they were to be stopped, the reason of the stop decides.</param>
    /// <returns>False if the worker was given up, or does not run all of them.</returns>
    public bool End(ReadOnlySpan<long> items, Outcome outcome) =>
        Check(NativeMethods.oe_worker_end_all(Live, items, (nuint)items.Length, (uint)outcome)) == Waited.Ready;

    /// <summary>Puts items that were handed out but not started back to the head of the queue.</summary>
    /// <param name="items">The ids.</param>
    /// <returns>False if the worker was given up.</returns>
    public bool GiveBack(ReadOnlySpan<long> items) =>
        Check(NativeMethods.oe_worker_give_back(Live, items, (nuint)items.Length)) == Waited.Ready;

    /// <summary>Leaves the queue; an item that still runs ends as failed, or as its stop says.</summary>
    public void Detach() => EngineException.ThrowUnlessOk(NativeMethods.oe_worker_detach(Live));

    /// <summary>Ends the use of the worker; the pool calls it when the host returns.</summary>
    public void Dispose() => _worker = 0;

    private static Waited Check(EngineStatus status)
    {
        if (status > EngineStatus.Abandoned)
        {
            EngineException.Throw(status);
        }

        return (Waited)status;
    }
}
