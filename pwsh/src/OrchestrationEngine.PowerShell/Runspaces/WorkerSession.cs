using System;
using System.Diagnostics;
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
    private readonly IWorkerOutput _output;
    private readonly RunningItems? _running;
    private readonly CancellationTokenSource _stopping = new();
    private ItemSlot? _slot;
    private ItemSlot? _own;
    private bool _holdsGate;

    internal WorkerSession(Worker worker, WorkerCall call, long attachment)
    {
        _worker = worker;
        _output = call.OutputOf(worker);
        Stage = call.Settings.Stage is { } stage ? new WorkerStage(stage) : null;
        _running = call.Settings.Running;
        Call = call;
        Attachment = attachment;
        Context = new OrchestrationContext(this);
        _ofThread = this;
    }

    /// <summary>Gets the session that the calling thread is in; null on a thread that is not a worker's.</summary>
    internal static WorkerSession? OfThread => _ofThread;

    /// <summary>Gets what the worker runs beside its items; null for nothing.</summary>
    internal WorkerStage? Stage { get; }

    internal WorkerCall Call { get; }

    internal long Attachment { get; }

    /// <summary>Gets or sets the runspace that runs the items; set before the first of them.</summary>
    internal WorkerRunspace? Runspace { get; set; }

    /// <summary>Gets or sets the debugger of the item that runs, if somebody asked for it; see RunningItems.</summary>
    internal ItemDebugger? Debugger { get; set; }

    /// <summary>Gets the number of the worker.</summary>
    internal int WorkerId => _worker.Id;

    /// <summary>Gets what blocks find in $Orchestration.</summary>
    internal OrchestrationContext Context { get; }

    /// <summary>Gets the item that was started and not ended; null if there is none.</summary>
    internal ItemSlot? Item => _slot;

    /// <summary>Gets what says that the item that was started last is to stop.</summary>
    internal CancellationToken Stopping => _stopping.Token;

    /// <summary>Gets a value indicating whether the worker has to leave the call.</summary>
    internal bool IsOver { get; private set; }

    /// <summary>Gets a value indicating whether the item that was started last is to stop.</summary>
    internal bool IsStopped => _stopping.IsCancellationRequested;

    /// <summary>Gets a value indicating whether a pipeline came as far as to take items.</summary>
    internal bool IsReady { get; private set; }

    /// <summary>Gets a value indicating whether the next pipeline finds what the items before it have left.</summary>
    internal bool GoesOn => IsReady && Call.Settings.KeepsState;

    /// <summary>Waits for the next item and starts it.</summary>
    /// <param name="input">The item.</param>
    /// <returns>False if the worker has to leave the call.</returns>
    internal bool TryNext(out object? input)
    {
        IsReady = true;
        do
        {
            if (IsOver || _worker.Next(out var number) != Waited.Ready)
            {
                IsOver = true;
                input = null;
                return false;
            }

            _slot = Call.Find(number);
        }
        while (_running is not null && !TellStart(_running, _slot));

        input = _slot.Input;
        if (Call.Settings.NotesStart)
        {
            _slot.Started = Stopwatch.GetTimestamp();
        }

        if (_slot.RunsAlone)
        {
            EnterGate();
        }

        return true;
    }

    /// <summary>Puts something out to the caller; waits while the caller is behind.</summary>
    internal void Emit(OutputKind kind, object? value)
    {
        if ((_slot ?? _own) is not { } slot)
        {
            return;
        }

        if (slot.Own is InputProducer producer && kind == OutputKind.Output)
        {
            WaitForRoom(producer);
        }

        if (!_output.Put(slot, kind, value))
        {
            // Given up: nobody reads any more, so the rest of the item is of no use.
            IsOver = true;
            throw new PipelineStoppedException();
        }
    }

    /// <summary>Puts out the error that ends the item.</summary>
    internal void Fail(RuntimeException error) => Emit(
        OutputKind.Failure,
        Call.Settings.IsStrict ? StrictErrors.ItemFailed(error, _slot?.Input) : error.ErrorRecord);

    /// <summary>Says how the item ends that was left by exit, break or continue.</summary>
    internal Outcome OutcomeOf(FlowControlException left) =>
        _slot is { } slot ? _output.OutcomeOf(slot, left) : Outcome.Succeeded;

    /// <summary>Ends the item that was started, if one was.</summary>
    internal void EndItem(Outcome outcome)
    {
        if (_slot is not { } slot)
        {
            return;
        }

        _running?.End(slot.Index, this);
        _slot = null;
        LeaveGate();
        IsOver |= !_output.End(slot, outcome);
        if (outcome == Outcome.Failed && Call.Settings.StopsOnError)
        {
            // Here, and not where the error is written: no item may start in between.
            Call.Cancel(CancelReason.FirstFailure);
        }
    }

    /// <summary>
    /// Starts an item of the worker's own making, to which everything belongs that is put out while no item of the
    /// input runs.
    /// </summary>
    /// <returns>False if the worker has to leave the call.</returns>
    internal bool TryStartOwn(IItemReceiver receiver)
    {
        _own = StartOwn(receiver);
        return _own is not null;
    }

    /// <summary>Ends the item of the worker's own making, if one was started.</summary>
    internal void EndOwn(Outcome outcome)
    {
        if (_own is not { } own)
        {
            return;
        }

        _own = null;
        IsOver |= !_output.End(own, outcome);
    }

    /// <summary>Runs the block that gives the input, instead of an item.</summary>
    /// <returns>False if the worker has to leave the call.</returns>
    internal bool TryBecomeProducer(InputProducer producer)
    {
        if (StartOwn(producer) is not { } own)
        {
            return false;
        }

        // What was pulled was the turn to do so, which is no item; and no time limit of items may end the block.
        EndItem(Outcome.Succeeded);
        _slot = own;
        return true;
    }

    /// <summary>Ends the block that gives the input; the worker, which was one more than the limit, leaves.</summary>
    internal void EndProducer(Outcome outcome)
    {
        Call.EndExtraWorker();
        EndItem(outcome);
        IsOver = true;
    }

    /// <summary>
    /// Leaves the call after what the worker has begun, though there may be more items. RunningItems calls it on another
    /// thread, under the lock that the end of an item takes.
    /// </summary>
    internal void Leave() => IsOver = true;

    /// <summary>Leaves the call, and ends it, because its items cannot be run at all.</summary>
    internal void Refuse(ErrorRecord reason)
    {
        IsOver = true;
        Call.Refuse(reason);
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

    private ItemSlot? StartOwn(IItemReceiver receiver)
    {
        var own = Call.Table.AddOwn(receiver);
        if (_worker.Start(own.Number) == Waited.Ready)
        {
            return own;
        }

        Call.Table.RemoveOwn(own);
        IsOver = true;
        return null;
    }

    private void WaitForRoom(InputProducer producer)
    {
        try
        {
            producer.WaitForRoom(_stopping.Token);
        }
        catch (OperationCanceledException)
        {
            throw new PipelineStoppedException();
        }
    }

    private bool TellStart(RunningItems running, ItemSlot slot)
    {
        if (running.TryStart(slot.Index, this))
        {
            Emit(OutputKind.Started, _worker.Id);
            return true;
        }

        slot.IsPrevented = true;
        EndItem(Outcome.Stopped);
        return false;
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
