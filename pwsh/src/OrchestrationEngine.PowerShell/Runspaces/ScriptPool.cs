using System;
using System.Collections.Generic;
using System.Management.Automation;
using OrchestrationEngine.Native;
using OrchestrationEngine.PowerShell.Output;

namespace OrchestrationEngine.PowerShell.Runspaces;

/// <summary>
/// The workers of one recipe, with their warm runspaces; shared by all calls of the process with an equal recipe.
/// </summary>
/// <remarks>
/// Plain lists under a lock: there are few calls and workers, each is looked up once a call, and generic collections
/// over numbers would have to be compiled during the first call of a process.
/// </remarks>
internal sealed class ScriptPool : IWorkerHost, IDisposable
{
    /// <summary>How deep calls may be nested.</summary>
    internal const int NestingLimit = 32;

    private static readonly TimeSpan TrimLimit = TimeSpan.FromSeconds(2);

    private static readonly PoolList Pools = new();

    [ThreadStatic]
    private static int _depth;

    [ThreadStatic]
    private static ScriptPool? _current;

    private readonly object _lock = new();
    private readonly List<WorkerCall> _calls = [];
    private readonly RunspaceList _runspaces;
    private readonly PoolList _list;
    private long _lastTag;

    internal ScriptPool(SessionRecipe recipe, PoolList list)
    {
        Recipe = recipe;
        IsKept = recipe.IsPlain;
        _list = list;
        _runspaces = new RunspaceList(new WorkerSetup(recipe));
        Native = new Pool(this);
    }

    /// <summary>Gets the depth of a call that is made on the calling thread now, from 1.</summary>
    internal static int NextDepth => _depth + 1;

    /// <summary>Gets the pool that the calling thread works for, or null if it is no worker.</summary>
    internal static ScriptPool? Current => _current;

    /// <summary>Gets what the runspaces are set up with.</summary>
    internal SessionRecipe Recipe { get; }

    /// <summary>Gets a value indicating whether the pool stays when it is not in use.</summary>
    internal bool IsKept { get; }

    /// <summary>Gets when the last call was opened, in milliseconds since the machine's start.</summary>
    internal long LastUse { get; private set; } = Environment.TickCount64;

    /// <summary>Gets the threads; disposed while the pool is dropped.</summary>
    internal Pool Native { get; private set; }

    internal bool HasCalls
    {
        get
        {
            lock (_lock)
            {
                return _calls.Count > 0;
            }
        }
    }

    /// <summary>Gets a value indicating whether there is no call and no runspace.</summary>
    internal bool IsUnused => !HasCalls && _runspaces.Count == 0;

    /// <summary>The pools that are in use or kept warm.</summary>
    internal static IReadOnlyList<ScriptPool> All() => Pools.All();

    /// <summary>The pool whose runspaces are set up by a recipe.</summary>
    internal static ScriptPool For(SessionRecipe recipe) => Pools.For(recipe);

    /// <summary>Opens the queue of a call.</summary>
    internal void Open(ItemCall call, QueueOptions options)
    {
        Enter(call);
        call.Open(Native.Open(options with { Tag = call.Tag }));
    }

    /// <summary>Begins the run of a graph.</summary>
    internal void Open(TaskCall call, Graph graph)
    {
        Enter(call);
        call.Open(Native.StartRun(call.Tag, graph));
    }

    /// <summary>Begins a workflow.</summary>
    internal void Open(WorkflowCall call, string request)
    {
        Enter(call);
        call.Open(Native.StartWorkflow(call.Tag, request));
    }

    /// <summary>Lets a call in; called by the list, under its lock.</summary>
    internal void Add(WorkerCall call)
    {
        lock (_lock)
        {
            call.Tag = ++_lastTag;
            _calls.Add(call);
            LastUse = Environment.TickCount64;
        }
    }

    /// <summary>Makes threads possible again after the pool was dropped; called by the list, under its lock.</summary>
    internal void Revive() => Native = new Pool(this);

    /// <summary>Lets the workers go that have nothing to do, without waiting for them.</summary>
    internal void Cool() => IfThere(native => native.Trim());

    /// <summary>Ends the threads of a pool that was dropped.</summary>
    public void Dispose() => Native.Dispose();

    /// <summary>What the pool is doing and did; null if it was dropped meanwhile.</summary>
    internal PoolInfo? Describe()
    {
        PoolInfo? info = null;
        IfThere(native => info = new PoolInfo(
            Recipe.Mode, Recipe.Describe(), native.GetCounters(), native.GetWorkers(), _runspaces.Warm));
        return info;
    }

    /// <summary>Closes the runspaces that nobody uses, and waits until they are closed, within reason.</summary>
    internal void Trim()
    {
        var target = _runspaces.Count;
        IfThere(native =>
        {
            target -= (int)native.GetCounters().Idle;
            native.Trim();
        });
        _runspaces.WaitForClosing(target, TrimLimit);
    }

    /// <inheritdoc/>
    public void Work(Worker worker)
    {
        WorkerRunspace? runspace = null;
        Exception? failure = null;
        _current = this;
        try
        {
            runspace = _runspaces.Open(worker.Id);
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
    public void StopWork(StopRequest request) => _runspaces.Stop(request);

    /// <inheritdoc/>
    public void ReportFailure(Exception exception)
    {
        WorkerCall[] calls;
        lock (_lock)
        {
            calls = _calls.ToArray();
        }

        foreach (var call in calls)
        {
            call.Refuse(Errors.WorkerCannotStart(exception));
        }
    }

    private void Close(WorkerRunspace? runspace)
    {
        if (runspace is not null)
        {
            _runspaces.Close(runspace);
            _list.DropIfUnused(this);
        }
    }

    private void IfThere(Action<Pool> action)
    {
        try
        {
            action(Native);
        }
        catch (ObjectDisposedException)
        {
            // Dropped meanwhile, with all that it had.
        }
    }

    private void Enter(WorkerCall call)
    {
        _list.Enter(this, call);
        call.Closing = () => Remove(call);
    }

    private WorkerCall? Find(long tag)
    {
        lock (_lock)
        {
            return _calls.Find(call => call.Tag == tag);
        }
    }

    private void Remove(WorkerCall call)
    {
        lock (_lock)
        {
            _calls.Remove(call);
        }

        _list.DropIfUnused(this);
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
            session.Call.Refuse(Errors.WorkerCannotStart(failure!));
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
}
