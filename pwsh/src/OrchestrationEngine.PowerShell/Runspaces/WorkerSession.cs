using System;
using System.Management.Automation;
using System.Threading;
using OrchestrationEngine.Native;
using OrchestrationEngine.PowerShell.Output;

namespace OrchestrationEngine.PowerShell.Runspaces;

/// <summary>
/// One worker's part in one call, from attaching to detaching. Used on the worker's thread only, except for
/// <see cref="CancelWait"/>.
/// </summary>
internal sealed class WorkerSession : IDisposable
{
    [ThreadStatic]
    private static WorkerSession? _ofThread;

    private readonly Worker _worker;
    private readonly Outbox _outbox;
    private readonly CancellationTokenSource _stopping = new();
    private ItemSlot? _slot;
    private bool _holdsGate;

    internal WorkerSession(Worker worker, ItemCall call, long attachment)
    {
        _worker = worker;
        _outbox = call.OutboxOf(worker.Id);
        Call = call;
        Attachment = attachment;
        Context = new OrchestrationContext(this);
        _ofThread = this;
    }

    /// <summary>Gets the session that the calling thread is in; null on a thread that is not a worker's.</summary>
    internal static WorkerSession? OfThread => _ofThread;

    internal ItemCall Call { get; }

    internal long Attachment { get; }

    /// <summary>Gets the number of the worker.</summary>
    internal int WorkerId => _worker.Id;

    /// <summary>Gets what blocks find in $Orchestration.</summary>
    internal OrchestrationContext Context { get; }

    /// <summary>Gets the item that was started and not ended.</summary>
    internal ItemSlot? Item => _slot;

    /// <summary>Gets what says that the item that was started last is to stop.</summary>
    internal CancellationToken Stopping => _stopping.Token;

    /// <summary>Gets a value indicating whether the worker has to leave the call.</summary>
    internal bool IsOver { get; private set; }

    /// <summary>Gets a value indicating whether the item that was started last is to stop.</summary>
    internal bool IsStopped => _stopping.IsCancellationRequested;

    /// <summary>Gets a value indicating whether an item was started and not ended.</summary>
    internal bool HasItem => _slot is not null;

    /// <summary>Waits for the next item and starts it.</summary>
    /// <param name="input">The item.</param>
    /// <returns>False if the worker has to leave the call.</returns>
    internal bool TryNext(out object? input)
    {
        if (IsOver || _worker.Next(out var number) != Waited.Ready)
        {
            IsOver = true;
            input = null;
            return false;
        }

        _slot = Call.Table[number];
        input = _slot.Input;
        if (_slot.RunsAlone)
        {
            EnterGate();
        }

        return true;
    }

    /// <summary>Puts something out to the caller; waits while the caller is behind.</summary>
    internal void Emit(OutputKind kind, object? value)
    {
        if (_slot is not { } slot)
        {
            return;
        }

        _outbox.Put(value);
        if (!_worker.Emit(slot.Number, (ushort)kind))
        {
            // Given up: nobody reads any more, so the rest of the item is of no use.
            IsOver = true;
            throw new PipelineStoppedException();
        }
    }

    /// <summary>Ends the item that was started, if one was.</summary>
    internal void EndItem(Outcome outcome)
    {
        if (_slot is not { } slot)
        {
            return;
        }

        _slot = null;
        LeaveGate();
        IsOver |= !_worker.End(slot.Number, outcome);
        if (outcome == Outcome.Failed && Call.Settings.StopsOnError)
        {
            // Here, and not where the error is written: no item may start in between.
            Call.Cancel(CancelReason.FirstFailure);
        }
    }

    /// <summary>Ends a wait for other items' methods; the item was stopped meanwhile.</summary>
    internal void CancelWait()
    {
        try
        {
            _stopping.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // The worker has left the call by itself.
        }
    }

    /// <summary>Ends the worker's part; an item that it left behind is ended by the pool.</summary>
    public void Dispose()
    {
        LeaveGate();
        _ofThread = null;
        _stopping.Dispose();
    }

    private void EnterGate()
    {
        try
        {
            Call.Alone.Wait(_stopping.Token);
            _holdsGate = true;
        }
        catch (OperationCanceledException)
        {
            throw new PipelineStoppedException();
        }
    }

    private void LeaveGate()
    {
        if (_holdsGate)
        {
            _holdsGate = false;
            Call.Alone.Release();
        }
    }
}
