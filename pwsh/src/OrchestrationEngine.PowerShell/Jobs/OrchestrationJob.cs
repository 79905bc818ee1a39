using System;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using System.Threading;
using OrchestrationEngine.PowerShell.Jobs;
using OrchestrationEngine.PowerShell.Output;
using OrchestrationEngine.PowerShell.Runspaces;

namespace OrchestrationEngine.PowerShell;

/// <summary>A parallel call that runs in the background; it has a child job for each item.</summary>
public sealed class OrchestrationJob : Job
{
    /// <summary>What jobs of this kind give as their location; as ForEach-Object -Parallel -AsJob does.</summary>
    internal const string Place = "PowerShell";

    /// <summary>
    /// How long a stop is waited for at most. It is over after the grace that items get, unless a subscriber holds the
    /// job's thread: Receive-Job does, until what it writes was taken, perhaps by the very command that stops the job.
    /// </summary>
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(1.5);

    private readonly RunningItems _running;
    private readonly List<OrchestrationChildJob> _children = [];
    private readonly HashSet<int> _workers = [];
    private Thread? _thread;
    private Action? _stop;
    private volatile int _allocated;

    internal OrchestrationJob(JobSettings settings, RunningItems running)
        : base(settings.Command, settings.Name)
    {
        // The name by which scripts find the jobs of ForEach-Object -Parallel.
        PSJobTypeName = "PSTaskJob";
        Settings = settings;
        _running = running;
    }

    /// <summary>Gets how many items may run at once.</summary>
    public int ThrottleLimit => Settings.ThrottleLimit;

    /// <summary>Gets how many runspaces have run items of the job so far.</summary>
    public int AllocatedRunspaceCount => _allocated;

    /// <summary>Gets what came of a run of tasks as a whole; null before its end, and for items.</summary>
    public TaskRunSummary? Summary { get; internal set; }

    /// <summary>Gets the workflow that the job runs; null if it runs none.</summary>
    public PlaybookWorkflow? Workflow { get; internal set; }

    /// <inheritdoc/>
    public override string Location => Place;

    /// <inheritdoc/>
    public override string StatusMessage => string.Empty;

    /// <inheritdoc/>
    public override bool HasMoreData => JobStreams.HaveMore(this) || _children.Exists(child => child.HasMoreData);

    internal JobSettings Settings { get; }

    /// <summary>Gets the children, in the order of the input.</summary>
    internal IReadOnlyList<OrchestrationChildJob> Children => _children;

    /// <summary>Stops all items; those that were not started are not run.</summary>
    public override void StopJob()
    {
        if (this.IsFinished())
        {
            return;
        }

        RequestStop();
        if (Thread.CurrentThread != _thread)
        {
            Finished.WaitOne(StopLimit);
        }
    }

    /// <summary>Adds an item, before the job is started.</summary>
    internal void AddItem(object? input) => Add(new OrchestrationChildJob(Command, name: null, _children.Count, input, _running));

    /// <summary>Adds a task, before the job is started.</summary>
    /// <param name="name">The name of the task, which is that of the child.</param>
    /// <param name="command">What it runs.</param>
    internal void AddTask(string name, string command) =>
        Add(new OrchestrationChildJob(command, name, _children.Count, input: null, _running));

    /// <summary>Starts the job.</summary>
    /// <param name="run">Runs it on a thread of its own, and ends it by <see cref="End"/>.</param>
    /// <param name="stop">Stops what <paramref name="run"/> does; may be called on any thread, and after the end.</param>
    internal void Start(Action run, Action stop)
    {
        _stop = stop;
        // Not one that would keep the process from ending.
        _thread = new Thread(() => run()) { IsBackground = true, Name = Name };
        SetJobState(JobState.Running);
        RunningJobs.Add(this);
        _thread.Start();
    }

    /// <summary>Asks for the end of the job and does not wait for it. May be called on any thread.</summary>
    internal void RequestStop() => _stop?.Invoke();

    /// <summary>Takes note of a worker that has started an item. Used on the job's thread.</summary>
    internal void Allocate(int worker)
    {
        _workers.Add(worker);
        _allocated = Settings.UsesNewRunspaces ? _allocated + 1 : _workers.Count;
    }

    /// <summary>Adds an error of the job itself. Used on the job's thread.</summary>
    internal void Report(ErrorRecord error) => JobStreams.Put(this, OutputKind.Error, error);

    /// <summary>Ends the job. Used on the job's thread.</summary>
    /// <param name="state">Stopped or Failed; null if its items say how it ended.</param>
    internal void End(JobState? state)
    {
        var isComplete = _children.All(child => child.JobStateInfo.State == JobState.Completed);
        RunningJobs.Remove(this);
        _stop = null;
        JobEvents.Quietly(() => SetJobState(state ?? (isComplete ? JobState.Completed : JobState.Failed)));
    }

    private void Add(OrchestrationChildJob child)
    {
        _children.Add(child);
        ChildJobs.Add(child);
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            RequestStop();
        }

        base.Dispose(disposing);
    }
}
