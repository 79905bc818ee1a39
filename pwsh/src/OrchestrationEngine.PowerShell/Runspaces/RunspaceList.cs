using System;
using System.Collections.Generic;
using System.Threading;
using OrchestrationEngine.Native;

namespace OrchestrationEngine.PowerShell.Runspaces;

/// <summary>The open runspaces of a pool, one for each of its workers. May be used on any thread.</summary>
/// <param name="setup">Sets them up.</param>
internal sealed class RunspaceList(WorkerSetup setup)
{
    private readonly object _lock = new();
    private readonly List<WorkerRunspace> _runspaces = [];

    /// <summary>Gets how many are open.</summary>
    internal int Count
    {
        get
        {
            lock (_lock)
            {
                return _runspaces.Count;
            }
        }
    }

    /// <summary>Gets how many are open and not given up.</summary>
    internal int Warm
    {
        get
        {
            lock (_lock)
            {
                // One that was given up is open for as long as its item does not end, and is used no more.
                return _runspaces.FindAll(runspace => !runspace.IsGivenUp).Count;
            }
        }
    }

    /// <summary>Opens that of a worker, on its thread.</summary>
    /// <exception cref="CallRefusedException">What the runspace is to be set up with cannot be had.</exception>
    internal WorkerRunspace Open(int worker)
    {
        var runspace = WorkerRunspace.Open(worker, setup);
        lock (_lock)
        {
            _runspaces.Add(runspace);
        }

        return runspace;
    }

    /// <summary>Closes one, on the thread of its worker.</summary>
    internal void Close(WorkerRunspace runspace)
    {
        runspace.Dispose();
        lock (_lock)
        {
            _runspaces.Remove(runspace);
            Monitor.PulseAll(_lock);
        }
    }

    /// <summary>Stops what a worker runs, unless that has ended by now.</summary>
    internal void Stop(StopRequest request)
    {
        WorkerRunspace? runspace;
        lock (_lock)
        {
            runspace = _runspaces.Find(other => other.Worker == request.Worker);
        }

        runspace?.Stop(request.Attachment);
    }

    /// <summary>Waits until enough of them are closed.</summary>
    /// <param name="target">How many may be left.</param>
    /// <param name="patience">How long to wait for the next to close.</param>
    internal void WaitForClosing(int target, TimeSpan patience)
    {
        lock (_lock)
        {
            while (_runspaces.Count > target && Monitor.Wait(_lock, patience))
            {
            }
        }
    }
}
