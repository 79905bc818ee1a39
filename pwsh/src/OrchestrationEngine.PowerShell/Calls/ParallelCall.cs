using System;
using System.Collections.Generic;
using System.Management.Automation;
using OrchestrationEngine.Native;
using OrchestrationEngine.PowerShell.Output;
using OrchestrationEngine.PowerShell.Reports;
using OrchestrationEngine.PowerShell.Runspaces;

namespace OrchestrationEngine.PowerShell.Calls;

/// <summary>
/// The feeding thread's part of a call: it feeds items, hands on what comes back, and says how it ended. Used on one
/// thread only (the pipeline's, or that of a job), except for <see cref="Cancel"/>.
/// </summary>
internal sealed class ParallelCall : IDisposable
{
    /// <summary>
    /// How long a stopped item may go on before its worker is given up. Long enough for a pipeline to end, short
    /// enough for a limit to be kept within half a second.
    /// </summary>
    private static readonly TimeSpan StopGrace = TimeSpan.FromMilliseconds(300);

    private readonly CallOptions _options;
    private readonly ItemCall _call;
    private readonly ItemWriter _writer;
    private readonly CallReports? _reports;
    private readonly CallDrain _drain;
    private readonly CallFeed _feed;

    private ParallelCall(CallOptions options, CallSettings settings, IItemReceiver receiver, ICaller caller)
    {
        // First, because it is what may be refused.
        _reports = options.Reports is { } asked ? CallReports.Open(asked, receiver, ProgressFor(options, caller)) : null;
        _options = options;
        _call = new ItemCall(settings, new ItemTable(options.QueueCapacity + options.ThrottleLimit))
        {
            StageReceiver = receiver,
            Producer = settings.InputScript is null ? null : new InputProducer(options.QueueCapacity, receiver),
            Host = caller.Host,
        };
        var refill = options.Refills ? new Queue<object?>() : null;
        var retries = options.Retry is { } retry ? new RetryPlan(retry, caller, receiver) : null;
        var outlet = refill is null ? receiver : new RefillReceiver(receiver, refill);
        _writer = new ItemWriter(_call.Table, _call.OutboxOf, outlet, options.Ordered, retries) { Observer = _reports };
        _drain = new CallDrain(_call, _writer, caller)
        {
            Retries = retries,
            Reports = _reports,
            StopsOnError = options.StopsOnError,
        };
        _feed = new CallFeed(_call, _drain, _writer, new ItemIntake(options, caller, receiver)) { Refill = refill };
        _feed.NoteShared(settings.UsingValues.Values);
        _feed.NoteShared(settings.Imports.Variables.Values);
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

            if (_call.Producer?.Failure is { } failure)
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
        _call.Refusal is null && _call.Producer?.Failure is null && _call.Queue.CancelReason == CancelReason.Timeout;

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
            call._feed.StartProducer();
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
        if (!_feed.TryAdd(input))
        {
            _drain.ToEnd();
            return false;
        }

        _drain.NowAndThen();
        return true;
    }

    /// <summary>Says that no more input comes, and hands on all output that is left.</summary>
    internal void Finish()
    {
        if (_feed.TryGoOnToEnd())
        {
            _call.Queue.Close();
        }

        _drain.ToEnd();
    }

    /// <summary>Stops the call. May be called on any thread, and after the end.</summary>
    internal void Cancel(CancelReason reason) => _call.Cancel(reason);

    /// <summary>Ends the call, however its feeding ended: what still runs is stopped, or given up.</summary>
    public void Dispose()
    {
        if (!_drain.HasEnded)
        {
            Cancel(CancelReason.Requested);
            _drain.ToEndSilently();
        }

        _reports?.Silence();
        _reports?.Dispose();
        _call.Dispose();
    }

    private static ProgressReport? ProgressFor(CallOptions options, ICaller caller) =>
        options.Reports is { ShowsProgress: true } && caller.ProgressDisplay is { } display
            ? new ProgressReport(display, CountItems(options, caller))
            : null;

    // Null if inputs and items are not in proportion.
    private static long? CountItems(CallOptions options, ICaller caller)
    {
        if (options.Refills || options.Filter is not null || options.InputScript is not null)
        {
            return null;
        }

        var size = options.BatchSize ?? 1;
        return (caller.CountInput() + size - 1) / size;
    }

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
}
