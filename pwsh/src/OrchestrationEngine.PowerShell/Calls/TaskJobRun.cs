using System;
using System.Collections.Generic;
using System.Collections.ObjectModel;
using System.Management.Automation;
using OrchestrationEngine.Native;
using OrchestrationEngine.PowerShell.Jobs;
using OrchestrationEngine.PowerShell.Output;
using OrchestrationEngine.PowerShell.Runspaces;

namespace OrchestrationEngine.PowerShell.Calls;

/// <summary>
/// The run of tasks of a job, on the job's thread: follows it, and puts what comes of each task into its child. It knows
/// nothing of the cmdlet that made the job, which is over by then.
/// </summary>
internal sealed class TaskJobRun : ICaller, ITaskFollower
{
    private readonly OrchestrationJob _job;
    private readonly TaskRun _run;

    private TaskJobRun(OrchestrationJob job, ScriptPool pool, CallSettings settings, TaskGraph tasks)
    {
        _job = job;
        _run = TaskRun.Open(pool, settings, tasks, this, this);
    }

    /// <summary>Makes the job of a graph, begins its run and starts the job's thread.</summary>
    /// <returns>The job, and what its tasks share by name.</returns>
    /// <exception cref="CallRefusedException">The tasks are no graph that could be run by a job.</exception>
    internal static (OrchestrationJob Job, OrchestrationState State) Start(
        ScriptPool pool, CallOptions options, CallSettings settings, TaskGraph tasks)
    {
        ThrowIfUnfit(options, settings, tasks);
        var running = new RunningItems();
        var job = new OrchestrationJob(SettingsOf(options), running);
        foreach (var task in tasks.Works)
        {
            job.AddTask(task.Name, task.Command ?? task.Block!.GetScriptBlock().ToString());
        }

        var run = new TaskJobRun(job, pool, settings with { Running = running }, tasks);
        job.Start(run.Run, run._run.Cancel);
        return (job, run._run.State);
    }

    /// <inheritdoc/>
    public void AnswerClassMethods()
    {
        // What would ask for it was refused.
    }

    /// <inheritdoc/>
    public Collection<PSObject> Invoke(ScriptBlock script, object? item) =>
        throw new PSInvalidOperationException("A job cannot run script in the session of its caller.");

    /// <inheritdoc/>
    public void Start(int task, int worker)
    {
        _job.Allocate(worker);
        _job.Children[task].Begin();
    }

    /// <inheritdoc/>
    public void Retry(int task, string message) =>
        JobStreams.Put(_job.Children[task], OutputKind.Verbose, new VerboseRecord(message));

    /// <inheritdoc/>
    public void End(int task, TaskResult result, IReadOnlyList<(OutputKind Kind, object? Value)> puts)
    {
        var child = _job.Children[task];
        foreach (var (kind, value) in puts)
        {
            if (kind is not (OutputKind.Output or OutputKind.Failure or OutputKind.Started))
            {
                JobStreams.Put(child, kind, value);
            }
        }

        JobStreams.Put(child, OutputKind.Output, result);
        child.End(StateOf(result), result.Status is TaskStatus.Failed or TaskStatus.TimedOut ? TaskRunErrors.Of(result) : null);
    }

    // A task that its own condition skipped has nothing left to do; one that another kept from running was not done.
    private static JobState StateOf(TaskResult result) => result.Status switch
    {
        TaskStatus.Succeeded => JobState.Completed,
        TaskStatus.Skipped when result.BlockedBy is null => JobState.Completed,
        TaskStatus.Failed or TaskStatus.TimedOut => JobState.Failed,
        _ => JobState.Stopped,
    };

    private static JobSettings SettingsOf(CallOptions options) => new()
    {
        Command = "Invoke-ParallelOrchestration -Tasks",
        Name = options.JobName,
        ThrottleLimit = options.ThrottleLimit,
        UsesNewRunspaces = options.UseNewRunspace,
    };

    private static void ThrowIfUnfit(CallOptions options, CallSettings settings, TaskGraph tasks)
    {
        if (options.SummaryVariable is not null)
        {
            throw new CallRefusedException(JobErrors.SummaryIsOfJob());
        }

        foreach (var (key, value) in settings.UsingValues)
        {
            Refuse(UsingValues.TextOf(key), value);
        }

        foreach (var (name, value) in settings.Imports.Variables)
        {
            Refuse("$" + name, value);
        }

        foreach (var task in tasks.Works)
        {
            foreach (var value in task.Values)
            {
                Refuse($"A parameter of task '{task.Name}'", value);
            }
        }
    }

    private static void Refuse(string what, object? value)
    {
        if (ClassAffinity.IsBound(value))
        {
            throw new CallRefusedException(JobErrors.NeedsNoRunspaceAffinity(what, value));
        }
    }

    // The whole life of the job's thread, on which nothing may be thrown: it would end the process.
    private void Run()
    {
        var state = JobState.Failed;
        try
        {
            var (summary, problem) = _run.Finish();
            _job.Summary = summary;
            state = summary.Status switch
            {
                RunStatus.Completed => JobState.Completed,
                RunStatus.Stopped => JobState.Stopped,
                _ => JobState.Failed,
            };
            if (problem is not null && state == JobState.Failed)
            {
                _job.Report(problem);
            }
        }
        catch (Exception failure)
        {
            _job.Report(JobErrors.JobBroken(failure));
        }

        JobEvents.Quietly(_run.Dispose);
        foreach (var child in _job.Children)
        {
            child.End(JobState.Stopped);
        }

        _job.End(state);
    }
}
