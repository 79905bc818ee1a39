using System;
using System.Collections.Concurrent;
using System.Threading.Tasks;
using OrchestrationEngine.Native;
using OrchestrationEngine.PowerShell.Output;

namespace OrchestrationEngine.PowerShell.Runspaces;

/// <summary>A call whose items are what the engine asks about the tasks of a run, as its workers see it.</summary>
/// <typeparam name="TRun">The run.</typeparam>
internal abstract class RunCall<TRun> : WorkerCall
    where TRun : class, IDisposable
{
    private readonly ConcurrentDictionary<(int Task, int Attempt), ItemSlot> _attempts = new();
    private readonly TaskCompletionSource<TRun> _opened = new();
    private volatile TRun? _run;
    private volatile bool _isCancelled;

    private protected RunCall(CallSettings settings)
        : base(settings, new ItemTable(size: 0))
    {
    }

    /// <inheritdoc/>
    internal override bool IsCancelled => _isCancelled;

    /// <summary>Gets the run; set before the pool has opened the call. For the thread that follows it.</summary>
    internal TRun Run => _run!;

    /// <summary>Gets the run, and waits for it: workers may have its items before the thread that opens it has the run.</summary>
    private protected TRun Opened => _opened.Task.GetAwaiter().GetResult();

    /// <summary>Sets the run; called by the pool, once.</summary>
    internal void Open(TRun run)
    {
        _run = run;
        _opened.SetResult(run);
        if (_isCancelled)
        {
            Cancel(run);
        }
    }

    /// <summary>Takes an attempt that is over, or null if it never came to a worker.</summary>
    internal ItemSlot? TakeAttempt(int task, int attempt) =>
        _attempts.TryRemove((task, attempt), out var slot) ? slot : null;

    /// <inheritdoc/>
    internal override void EndExtraWorker()
    {
    }

    /// <inheritdoc/>
    internal override void Cancel(CancelReason reason)
    {
        _isCancelled = true;
        try
        {
            if (_run is { } run)
            {
                Cancel(run);
            }
        }
        catch (ObjectDisposedException)
        {
            // It is over; nothing is left to stop.
        }
    }

    /// <summary>Makes the slot of an item, and keeps it for whoever follows the run if it is an attempt.</summary>
    /// <param name="item">The item.</param>
    /// <param name="input">What it finds in <c>$_</c>.</param>
    /// <param name="runsAlone">Whether it must not run beside another such item.</param>
    private protected ItemSlot Prepare(long item, object? input, bool runsAlone)
    {
        var (ask, task, attempt) = RunItem.From(item);
        var slot = new ItemSlot(item);

        // What asks about a task is not the task: a stop must not hit it.
        slot.Fill(ask == RunAsk.Run ? task : ItemSlot.NoIndex, input, runsAlone);
        slot.Attempt = attempt;
        if (ask == RunAsk.Run)
        {
            _attempts[(task, attempt)] = slot;
        }

        return slot;
    }

    /// <summary>Stops a run.</summary>
    private protected abstract void Cancel(TRun run);

    /// <inheritdoc/>
    private protected override void DisposeQueue()
    {
        _run?.Dispose();

        // Workers stay warm, and with them what blocks had in $Orchestration.
        _attempts.Clear();
    }
}
