using System;
using System.Collections.Generic;
using System.Management.Automation;
using OrchestrationEngine.Native;
using OrchestrationEngine.PowerShell.Output;
using OrchestrationEngine.PowerShell.Reports;
using OrchestrationEngine.PowerShell.Runspaces;

namespace OrchestrationEngine.PowerShell.Calls;

/// <summary>
/// The feeding thread's part of a call: it feeds items, hands on what comes back, and waits in between. Used on one
/// thread only (the pipeline's, or that of a job), except for <see cref="Cancel"/>.
/// </summary>
internal sealed class ParallelCall : IDisposable
{
    /// <summary>
    /// How long a stopped item may go on before its worker is given up. Long enough for a pipeline to end, short
    /// enough for a limit to be kept within half a second.
    /// </summary>
    private static readonly TimeSpan StopGrace = TimeSpan.FromMilliseconds(300);

    /// <summary>How often a runspace is made to answer calls of methods of its classes.</summary>
    private static readonly TimeSpan PumpInterval = TimeSpan.FromMilliseconds(2);

    private static readonly TimeSpan NoLimit = System.Threading.Timeout.InfiniteTimeSpan;

    private readonly CallOptions _options;
    private readonly ItemCall _call;
    private readonly ItemTable _table;
    private readonly ItemWriter _writer;
    private readonly ICaller _caller;
    private readonly ItemIntake _intake;
    private readonly Queue<object?> _refill = new();
    private readonly RetryPlan? _retries;
    private readonly Queue<(ItemSlot Slot, ItemEvent End)> _givenUp = new();
    private readonly InputProducer? _producer;
    private readonly CallReports? _reports;
    private readonly ItemEvent[] _events = new ItemEvent[256];
    private readonly bool _usingRunsAlone;
    private bool _pumps;
    private bool _isEnded;
    private bool _hasAllInput;
    private int _taken;
    private int _next;
    private long _count;
    private long _lastDrain;
    private int _sinceDrain;

    private ParallelCall(CallOptions options, CallSettings settings, IItemReceiver receiver, ICaller caller)
    {
        // First, because it is what may be refused.
        _reports = OpenReports(options.Reports, receiver, caller);
        _options = options;
        _caller = caller;
        _intake = new ItemIntake(options, caller, receiver);
        _retries = options.Retry is { } retry ? new RetryPlan(retry, caller, receiver) : null;
        _table = new ItemTable(options.QueueCapacity + options.ThrottleLimit);
        _producer = settings.InputScript is null ? null : new InputProducer(options.QueueCapacity, receiver);
        _call = new ItemCall(settings, _table)
        {
            StageReceiver = receiver,
            Producer = _producer,
            Host = caller.Host,
        };
        var outlet = options.Refills ? new RefillReceiver(receiver, _refill) : receiver;
        _writer = new ItemWriter(_table, _call.OutboxOf, outlet, options.Ordered, _retries)
        {
            Observer = _reports,
        };
        foreach (var value in settings.UsingValues.Values)
        {
            _usingRunsAlone |= ClassAffinity.IsBound(value);
        }

        foreach (var value in settings.Imports.Variables.Values)
        {
            _usingRunsAlone |= ClassAffinity.IsBound(value);
        }
    }

    /// <summary>
    /// Gets why the call ended before its input did, or null if it did not, or if it was only asked to stop.
    /// </summary>
    internal ErrorRecord? Verdict
    {
        get
        {
            if (_call.Refusal is { } refusal)
            {
                return refusal;
            }

            if (_producer?.Failure is { } failure)
            {
                return StageErrors.InputScriptFailed(failure);
            }

            return _call.Queue.CancelReason switch
            {
                CancelReason.Timeout => Errors.CallTimedOut(_options.Timeout!.Value, _writer.Ended),
                CancelReason.FirstFailure => Errors.StoppedOnFirstFailure(_writer.FirstFailure, _writer.Ended),
                _ => null,
            };
        }
    }

    /// <summary>Gets what the items share by name.</summary>
    internal OrchestrationState State => _call.State;

    /// <summary>Gets a value indicating whether the call has reached its time limit.</summary>
    internal bool HasTimedOut =>
        _call.Refusal is null && _producer?.Failure is null && _call.Queue.CancelReason == CancelReason.Timeout;

    /// <summary>Gets a value indicating whether the call was asked to stop.</summary>
    internal bool WasStopped => _call.Queue.CancelReason is CancelReason.Requested or CancelReason.HostGone;

    /// <summary>Opens the queue of a call in a pool.</summary>
    /// <param name="pool">The pool whose workers run the items.</param>
    /// <param name="options">What the caller asked for.</param>
    /// <param name="settings">What the workers need to know.</param>
    /// <param name="receiver">Gets what the items give out, on the thread that feeds.</param>
    /// <param name="caller">The session on whose behalf the call is made.</param>
    /// <exception cref="EngineException">The engine refused the queue.</exception>
    /// <exception cref="CallRefusedException">A file that was asked for cannot be written.</exception>
    internal static ParallelCall Open(
        ScriptPool pool,
        CallOptions options,
        CallSettings settings,
        IItemReceiver receiver,
        ICaller caller)
    {
        var call = new ParallelCall(options, settings, receiver, caller);
        try
        {
            pool.Open(call._call, QueueOptionsOf(options));
            call.StartProducer();
            return call;
        }
        catch
        {
            call._reports?.Dispose();
            call._call.Dispose();
            throw;
        }
    }

    /// <summary>Takes one input; waits, and hands on output meanwhile, while the queue is full.</summary>
    /// <returns>False if the call was cut short; all that there was to hand on has been by then.</returns>
    internal bool Add(object? input)
    {
        if (!TryFeed(input) || !TryFeedRefill())
        {
            DrainToEnd();
            return false;
        }

        DrainNowAndThen();
        return true;
    }

    /// <summary>Says that no more input comes, and hands on all output that is left.</summary>
    internal void Finish()
    {
        _hasAllInput = _producer is null && !_options.Refills;
        if (GoOnUntilNothingCanCome())
        {
            _hasAllInput = true;
            _call.Queue.Close();
        }

        DrainToEnd();
    }

    /// <summary>Stops the call. May be called on any thread, and after the end.</summary>
    internal void Cancel(CancelReason reason) => _call.Cancel(reason);

    /// <summary>Ends the call, however its feeding ended: what still runs is stopped, or given up.</summary>
    public void Dispose()
    {
        if (!_isEnded)
        {
            Cancel(CancelReason.Requested);
            DrainSilently();
        }

        _reports?.Dispose();
        _call.Dispose();
    }

    private static CallReports? OpenReports(ReportOptions? options, IItemReceiver receiver, ICaller caller) =>
        options is null
            ? null
            : CallReports.Open(options, receiver, options.ShowsProgress ? caller.ProgressDisplay : null);

    private static QueueOptions QueueOptionsOf(CallOptions options) => new()
    {
        // One more gives the input.
        WorkerLimit = Math.Min(options.ThrottleLimit + (options.InputScript is null ? 0 : 1), Engine.WorkerLimit),
        InputCapacity = options.QueueCapacity,
        OutputCapacity = options.QueueCapacity,
        ItemTimeout = options.ItemTimeout,
        Timeout = options.Timeout,
        StopGrace = StopGrace,
    };

    // Items can bring further input, or come back for another attempt; so the queue stays open until none can.
    private bool GoOnUntilNothingCanCome()
    {
        var canComeBack = _retries is not null || _options.Refills;
        while (TryFeedRefill() && _producer?.Failure is null)
        {
            if (_producer is { HasEnded: false })
            {
                if (WaitAndDrain(wantRoom: false) == Waited.Ended)
                {
                    return false;
                }

                continue;
            }

            if (_intake.TryTakeRest(out var rest))
            {
                if (!TrySubmit(rest))
                {
                    return false;
                }
            }
            else if (!canComeBack || _writer.InFlight == 0)
            {
                return true;
            }
            else if (WaitAndDrain(wantRoom: false) == Waited.Ended)
            {
                return false;
            }
        }

        Cancel(CancelReason.Requested);
        return false;
    }

    private void StartProducer()
    {
        if (_producer is not null)
        {
            var turn = _table.AddOwn(new NoReceiver());
            turn.Fill(ItemSlot.NoIndex, InputProducer.Turn, runsAlone: false);
            _call.Queue.TrySubmit(turn.Number);
        }
    }

    private bool TryFeedRefill()
    {
        while (_producer is not null && _producer.TryTake(out var input))
        {
            if (!TryFeed(input))
            {
                return false;
            }
        }

        while (_refill.TryDequeue(out var input))
        {
            if (!TryFeed(input))
            {
                return false;
            }
        }

        return true;
    }

    private bool TryFeed(object? input) => !_intake.TryTake(input, out var item) || TrySubmit(item);

    // Like everything that tries: false once the call was cut short.
    private bool TrySubmit(object? item)
    {
        if (Rent() is not { } slot)
        {
            return false;
        }

        slot.Fill(_count++, item, _usingRunsAlone || ClassAffinity.IsBound(item));
        _pumps |= slot.RunsAlone;
        Waited submitted;
        while ((submitted = _call.Queue.TrySubmit(slot.Number)) == Waited.TimedOut)
        {
            WaitAndDrain(wantRoom: true);
        }

        if (submitted == Waited.Ready)
        {
            _writer.Expect(slot);
            return true;
        }

        _table.Return(slot);
        return false;
    }

    private ItemSlot? Rent()
    {
        ItemSlot? slot;
        while ((slot = _table.TryRent()) is null)
        {
            if (WaitAndDrain(wantRoom: false) == Waited.Ended)
            {
                return null;
            }
        }

        return slot;
    }

    // Output leaves with the next input, but a look at the queue costs as much as a small item: so at most once a
    // clock tick, or every so many items.
    private void DrainNowAndThen()
    {
        var now = Environment.TickCount64;
        if (now == _lastDrain && ++_sinceDrain < 64)
        {
            return;
        }

        _lastDrain = now;
        _sinceDrain = 0;
        if (_pumps)
        {
            _caller.AnswerClassMethods();
        }

        Drain();
    }

    private void DrainToEnd()
    {
        while (WaitAndDrain(wantRoom: false) != Waited.Ended)
        {
        }

        EndWaitingAttempts();
        _isEnded = true;
        _reports?.Dispose();
    }

    // Nothing can be written any more, but reports are to be complete.
    private void DrainSilently()
    {
        _writer.Silence();
        do
        {
            if (_reports is not null)
            {
                WriteTaken();
            }

            _taken = _call.Queue.Take(_events);
            _next = 0;
        }
        while (_taken > 0 || _call.Queue.Wait(NoLimit) == Waited.Ready);

        EndWaitingAttempts();
    }

    private Waited WaitAndDrain(bool wantRoom)
    {
        if (_pumps)
        {
            _caller.AnswerClassMethods();
        }

        // What is due now and was not started waits for room.
        var isDue = _retries?.PeekDue() is not null;
        var waited = _call.Queue.Wait(WaitLimit(isDue), wantRoom || isDue);
        Drain();
        return waited;
    }

    private TimeSpan WaitLimit(bool isDue)
    {
        var limit = _pumps ? PumpInterval : NoLimit;
        var next = isDue ? null : _retries?.UntilNext;
        return Sooner(Sooner(limit, next), _reports?.TickInterval);
    }

    private static TimeSpan Sooner(TimeSpan limit, TimeSpan? other) =>
        other is { } time && (limit == NoLimit || time < limit) ? time : limit;

    private void Drain()
    {
        do
        {
            _taken = _call.Queue.Take(_events);
            _next = 0;
            WriteTaken();
        }
        while (_taken == _events.Length);

        _reports?.Tick(_count, _hasAllInput);

        if (_retries is not null)
        {
            StartDueAttempts(_retries);
        }
    }

    // Counts before it writes: writing may end the call, and what was not written is told to the reports then.
    private void WriteTaken()
    {
        while (_next < _taken)
        {
            _writer.Write(_events[_next++]);
        }
    }

    private void StartDueAttempts(RetryPlan retries)
    {
        if (_options.StopsOnError && _writer.FirstFailure is not null)
        {
            Cancel(CancelReason.FirstFailure);
        }

        while (retries.PeekDue() is { } slot)
        {
            // Counted before it starts: the item can ask which attempt it is.
            slot.Attempt++;
            var submitted = _call.Queue.TrySubmit(slot.Number);
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
        foreach (var waiting in _retries?.GiveUp() ?? [])
        {
            _givenUp.Enqueue(waiting);
        }

        while (_givenUp.TryDequeue(out var waiting))
        {
            _writer.EndAfterAll(waiting.Slot, waiting.End);
        }
    }
}
