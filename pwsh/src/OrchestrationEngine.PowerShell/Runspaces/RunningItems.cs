using System.Collections.Generic;
using System.Management.Automation;

namespace OrchestrationEngine.PowerShell.Runspaces;

/// <summary>
/// Which items of a call run on which workers. Only a call has one whose caller follows its items one by one; workers
/// keep it up to date and tell when an item starts. May be used on any thread.
/// </summary>
internal sealed class RunningItems
{
    private readonly object _lock = new();
    private readonly Dictionary<long, WorkerSession> _sessions = [];
    private readonly HashSet<long> _prevented = [];

    /// <summary>Notes that a worker starts an item now.</summary>
    /// <param name="index">The position of the item in the input.</param>
    /// <param name="session">The worker's part in the call.</param>
    /// <returns>False if the item is not to run any more.</returns>
    internal bool TryStart(long index, WorkerSession session)
    {
        lock (_lock)
        {
            if (_prevented.Remove(index))
            {
                return false;
            }

            // An earlier attempt of the item may be stuck on a worker that was given up.
            _sessions[index] = session;
            return true;
        }
    }

    /// <summary>Notes that an item has ended on a worker, if it was started. Used on that worker's thread.</summary>
    internal void End(long index, WorkerSession session)
    {
        ItemDebugger? debugger;
        lock (_lock)
        {
            if (_sessions.TryGetValue(index, out var last) && last == session)
            {
                _sessions.Remove(index);
            }

            debugger = session.Debugger;
            session.Debugger = null;
        }

        debugger?.Detach();
    }

    /// <summary>
    /// Stops an item, or keeps it from starting. Its worker leaves the call after it, so that the stop cannot hit an
    /// item that comes later.
    /// </summary>
    internal void Stop(long index)
    {
        WorkerSession? session;
        lock (_lock)
        {
            if (!_sessions.TryGetValue(index, out session))
            {
                _prevented.Add(index);
                return;
            }

            session.Leave();
        }

        session.Runspace!.Stop(session.Attachment);
    }

    /// <summary>Gets the debugger of an item, or null while it does not run.</summary>
    /// <param name="index">The position of the item in the input.</param>
    /// <param name="name">What the debugger's prompt calls the item.</param>
    internal Debugger? DebuggerOf(long index, string name)
    {
        lock (_lock)
        {
            return _sessions.TryGetValue(index, out var session) && session.Runspace!.Debugger is { } debugger
                ? session.Debugger ??= new ItemDebugger(debugger, name)
                : null;
        }
    }
}
