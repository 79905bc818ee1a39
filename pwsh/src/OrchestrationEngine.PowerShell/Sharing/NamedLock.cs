using System;
using System.Diagnostics.CodeAnalysis;
using System.Management.Automation;
using System.Threading;

namespace OrchestrationEngine.PowerShell.Sharing;

/// <summary>
/// A lock that its thread may enter again, and for which nobody waits after having been stopped. Items run on one
/// thread each, so a thread's lock is an item's.
/// </summary>
[SuppressMessage("Design", "CA1001", Justification = "A semaphore whose wait handle was never asked for holds nothing.")]
internal sealed class NamedLock
{
    /// <summary>How often a thread that is not a worker's looks whether its pipeline was stopped.</summary>
    private static readonly TimeSpan LookInterval = TimeSpan.FromMilliseconds(50);

    private readonly SemaphoreSlim _gate = new(1, 1);
    private int _owner;
    private int _depth;

    /// <summary>Waits until the lock is the calling thread's.</summary>
    /// <param name="stopping">Ends the wait; null on a thread that is not a worker's, which looks by itself.</param>
    /// <exception cref="PipelineStoppedException">What runs on the thread was stopped meanwhile.</exception>
    internal void Enter(CancellationToken? stopping)
    {
        var thread = Environment.CurrentManagedThreadId;
        if (Volatile.Read(ref _owner) != thread)
        {
            Wait(stopping);
            Volatile.Write(ref _owner, thread);
        }

        _depth++;
    }

    /// <summary>Leaves the lock, once for each time it was entered.</summary>
    internal void Exit()
    {
        if (--_depth == 0)
        {
            Volatile.Write(ref _owner, 0);
            _gate.Release();
        }
    }

    private void Wait(CancellationToken? stopping)
    {
        if (stopping is null)
        {
            while (!_gate.Wait(LookInterval))
            {
                ThrowIfStopped();
            }

            return;
        }

        try
        {
            _gate.Wait(stopping.Value);
        }
        catch (OperationCanceledException)
        {
            throw new PipelineStoppedException();
        }
    }

    // A loop makes a runspace look whether it was stopped; there is no public property that says it.
    private static void ThrowIfStopped() => ScriptBlock.Create("foreach ($i in 1) { }").Invoke();
}
