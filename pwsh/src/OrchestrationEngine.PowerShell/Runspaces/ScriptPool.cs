using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using System.Management.Automation.Runspaces;
using System.Threading;
using OrchestrationEngine.Native;
using OrchestrationEngine.PowerShell.Cmdlets;
using OrchestrationEngine.PowerShell.Output;

namespace OrchestrationEngine.PowerShell.Runspaces;

/// <summary>
/// The workers of one language mode, with their warm runspaces; shared by all calls of the process in that mode.
/// </summary>
internal sealed class ScriptPool : IWorkerHost
{
    /// <summary>How deep calls may be nested.</summary>
    internal const int NestingLimit = 32;

    private static readonly TimeSpan TrimLimit = TimeSpan.FromSeconds(2);

    private static readonly ConcurrentDictionary<PSLanguageMode, Lazy<ScriptPool>> Pools = new();

    [ThreadStatic]
    private static int _depth;

    private static long _lastTag;

    private readonly ConcurrentDictionary<long, ItemCall> _calls = new();
    private readonly ConcurrentDictionary<int, WorkerRunspace> _runspaces = new();
    private readonly Lazy<InitialSessionState> _initialState;
    private readonly object _closed = new();

    private ScriptPool(PSLanguageMode mode)
    {
        Mode = mode;
        _initialState = new Lazy<InitialSessionState>(() => CreateInitialState(mode));
        Native = new Pool(this);
    }

    /// <summary>Gets the depth of a call that is made on the calling thread now, from 1.</summary>
    internal static int NextDepth => _depth + 1;

    internal PSLanguageMode Mode { get; }

    internal Pool Native { get; }

    /// <summary>Gets how many runspaces are open.</summary>
    internal int OpenRunspaces => _runspaces.Count;

    /// <summary>The pools that were used so far.</summary>
    internal static IEnumerable<ScriptPool> All() =>
        Pools.Values.Where(pool => pool.IsValueCreated).Select(pool => pool.Value).OrderBy(pool => pool.Mode);

    internal static ScriptPool For(PSLanguageMode mode) =>
        Pools.GetOrAdd(mode, key => new Lazy<ScriptPool>(() => new ScriptPool(key))).Value;

    /// <summary>Opens the queue of a call.</summary>
    internal void Open(ItemCall call, QueueOptions options)
    {
        var tag = Interlocked.Increment(ref _lastTag);
        call.Open(Native.Open(options with { Tag = tag }));
        _calls[tag] = call;
        call.Closing = () => _calls.TryRemove(tag, out _);
    }

    /// <summary>Closes the runspaces that nobody uses, and waits until they are closed, within reason.</summary>
    internal void Trim()
    {
        lock (_closed)
        {
            var idle = (int)Native.GetCounters().Idle;
            var target = _runspaces.Count - idle;
            Native.Trim();
            while (_runspaces.Count > target && Monitor.Wait(_closed, TrimLimit))
            {
            }
        }
    }

    /// <inheritdoc/>
    public void Work(Worker worker)
    {
        WorkerRunspace? runspace = null;
        Exception? failure = null;
        try
        {
            runspace = WorkerRunspace.Open(_initialState.Value);
            _runspaces[worker.Id] = runspace;
        }
        catch (Exception error)
        {
            // The calls that come are told; they cannot know otherwise why nothing happens.
            failure = error;
        }

        try
        {
            Serve(worker, runspace, failure);
        }
        finally
        {
            runspace?.Dispose();
            lock (_closed)
            {
                _runspaces.TryRemove(worker.Id, out _);
                Monitor.PulseAll(_closed);
            }
        }
    }

    /// <inheritdoc/>
    public void StopWork(StopRequest request)
    {
        if (_runspaces.TryGetValue(request.Worker, out var runspace))
        {
            runspace.Stop(request.Attachment);
        }
    }

    /// <inheritdoc/>
    public void ReportFailure(Exception exception)
    {
        foreach (var call in _calls.Values)
        {
            call.Refuse(exception);
        }
    }

    private void Serve(Worker worker, WorkerRunspace? runspace, Exception? failure)
    {
        while (worker.TryAttach(out var attachment))
        {
            if (_calls.TryGetValue(attachment.Tag, out var call))
            {
                using var session = new WorkerSession(worker, call, attachment.Number);
                Serve(session, runspace, failure);
            }

            worker.Detach();
            if (failure is not null)
            {
                return;
            }
        }
    }

    private static void Serve(WorkerSession session, WorkerRunspace? runspace, Exception? failure)
    {
        if (runspace is null)
        {
            session.Call.Refuse(failure!);
            return;
        }

        _depth = session.Call.Settings.Depth;
        try
        {
            runspace.Run(session);
        }
        catch (PipelineStoppedException)
        {
            // Given up in the middle of an item: the pool knows.
        }
        finally
        {
            _depth = 0;
        }
    }

    private static InitialSessionState CreateInitialState(PSLanguageMode mode)
    {
        var state = InitialSessionState.CreateDefault2();
        state.LanguageMode = mode;
        Add<InvokeParallelOrchestrationCommand>(state, "Invoke-ParallelOrchestration");
        Add<GetOrchestrationPoolCommand>(state, "Get-OrchestrationPool");
        Add<ClearOrchestrationPoolCommand>(state, "Clear-OrchestrationPool");
        Add<RunItemCommand>(state, "Invoke-OrchestrationItem");
        return state;
    }

    private static void Add<T>(InitialSessionState state, string name) =>
        state.Commands.Add(new SessionStateCmdletEntry(name, typeof(T), helpFileName: null));
}
