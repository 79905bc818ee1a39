using System;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using System.Management.Automation.Runspaces;
using System.Threading;
using OrchestrationEngine.Native;
using OrchestrationEngine.PowerShell.Cmdlets;

namespace OrchestrationEngine.PowerShell.Runspaces;

/// <summary>
/// The workers of one language mode, with their warm runspaces; shared by all calls of the process in that mode.
/// </summary>
/// <remarks>
/// Plain lists under a lock: there are few calls and workers, each is looked up once a call, and generic collections
/// over numbers would have to be compiled during the first call of a process.
/// </remarks>
internal sealed class ScriptPool : IWorkerHost
{
    /// <summary>How deep calls may be nested.</summary>
    internal const int NestingLimit = 32;

    private static readonly TimeSpan TrimLimit = TimeSpan.FromSeconds(2);

    private static readonly List<ScriptPool> Pools = [];

    [ThreadStatic]
    private static int _depth;

    private readonly object _lock = new();
    private readonly List<ItemCall> _calls = [];
    private readonly List<WorkerRunspace> _runspaces = [];
    private readonly Lazy<InitialSessionState> _initialState;
    private long _lastTag;

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
    internal int OpenRunspaces
    {
        get
        {
            lock (_lock)
            {
                return _runspaces.Count;
            }
        }
    }

    /// <summary>The pools that were used so far.</summary>
    internal static IReadOnlyList<ScriptPool> All()
    {
        lock (Pools)
        {
            return Pools.ToArray();
        }
    }

    internal static ScriptPool For(PSLanguageMode mode)
    {
        lock (Pools)
        {
            var pool = Pools.Find(other => other.Mode == mode);
            if (pool is null)
            {
                pool = new ScriptPool(mode);
                Pools.Add(pool);
            }

            return pool;
        }
    }

    /// <summary>Opens the queue of a call.</summary>
    internal void Open(ItemCall call, QueueOptions options)
    {
        lock (_lock)
        {
            call.Tag = ++_lastTag;
            _calls.Add(call);
        }

        call.Closing = () => Remove(call);
        call.Open(Native.Open(options with { Tag = call.Tag }));
    }

    /// <summary>Closes the runspaces that nobody uses, and waits until they are closed, within reason.</summary>
    internal void Trim()
    {
        lock (_lock)
        {
            var idle = (int)Native.GetCounters().Idle;
            var target = _runspaces.Count - idle;
            Native.Trim();
            while (_runspaces.Count > target && Monitor.Wait(_lock, TrimLimit))
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
            runspace = Open(worker.Id);
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
            Close(runspace);
        }
    }

    /// <inheritdoc/>
    public void StopWork(StopRequest request)
    {
        WorkerRunspace? runspace;
        lock (_lock)
        {
            runspace = _runspaces.Find(other => other.Worker == request.Worker);
        }

        runspace?.Stop(request.Attachment);
    }

    /// <inheritdoc/>
    public void ReportFailure(Exception exception)
    {
        ItemCall[] calls;
        lock (_lock)
        {
            calls = _calls.ToArray();
        }

        foreach (var call in calls)
        {
            call.Refuse(exception);
        }
    }

    private WorkerRunspace Open(int worker)
    {
        var runspace = WorkerRunspace.Open(worker, _initialState.Value);
        lock (_lock)
        {
            _runspaces.Add(runspace);
        }

        return runspace;
    }

    private void Close(WorkerRunspace? runspace)
    {
        if (runspace is null)
        {
            return;
        }

        runspace.Dispose();
        lock (_lock)
        {
            _runspaces.Remove(runspace);
            Monitor.PulseAll(_lock);
        }
    }

    private ItemCall? Find(long tag)
    {
        lock (_lock)
        {
            return _calls.Find(call => call.Tag == tag);
        }
    }

    private void Remove(ItemCall call)
    {
        lock (_lock)
        {
            _calls.Remove(call);
        }
    }

    private void Serve(Worker worker, WorkerRunspace? runspace, Exception? failure)
    {
        while (worker.TryAttach(out var attachment))
        {
            if (Find(attachment.Tag) is { } call)
            {
                using var session = new WorkerSession(worker, call, attachment.Number);
                Serve(session, runspace, failure);
            }

            worker.Detach();
            if (failure is not null || runspace is { IsGivenUp: true })
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
        Add<RunItemCommand>(state, WorkerRunspace.RunItem);
        return state;
    }

    private static void Add<T>(InitialSessionState state, string name) =>
        state.Commands.Add(new SessionStateCmdletEntry(name, typeof(T), helpFileName: null));
}
