using System;
using System.Collections.Generic;
using System.Collections.ObjectModel;
using System.Management.Automation;
using System.Threading;
using OrchestrationEngine.Native;
using OrchestrationEngine.PowerShell.Calls;
using OrchestrationEngine.PowerShell.Jobs;
using OrchestrationEngine.PowerShell.Output;
using OrchestrationEngine.PowerShell.Runspaces;

namespace OrchestrationEngine.PowerShell.Workflows;

/// <summary>
/// A workflow in the background, on the thread of a job: follows it, and puts what comes of it into the job. It knows nothing of the
/// cmdlet that made it, which is over by then.
/// </summary>
internal sealed class WorkflowJobRun : IWorkflowFollower
{
    private readonly OrchestrationJob _job;
    private readonly WorkflowRun _run;
    private readonly bool _keepsRecords;

    private WorkflowJobRun(OrchestrationJob job, WorkflowCall call, bool keepsRecords)
    {
        _job = job;
        _keepsRecords = keepsRecords;
        _run = WorkflowRun.Follow(call, this, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Starts the thread that follows a workflow.</summary>
    /// <param name="call">The workflow, which was begun.</param>
    /// <param name="settings">What the job is made with.</param>
    /// <param name="keepsRecords">Whether somebody may receive what the job puts out.</param>
    internal static OrchestrationJob Start(WorkflowCall call, JobSettings settings, bool keepsRecords)
    {
        var job = new OrchestrationJob(settings, new RunningItems());
        var run = new WorkflowJobRun(job, call, keepsRecords);
        job.Workflow = run._run.Workflow;
        job.Start(run.Run, run._run.Cancel);
        return job;
    }

    /// <inheritdoc/>
    public void Start(string step)
    {
    }

    /// <inheritdoc/>
    public void Retry(string step, string message) => Put(OutputKind.Verbose, new VerboseRecord(message));

    /// <inheritdoc/>
    public void End(PlaybookStepResult step, IReadOnlyList<(OutputKind Kind, object? Value)> puts)
    {
        foreach (var (kind, value) in puts)
        {
            if (kind is not (OutputKind.Output or OutputKind.Failure or OutputKind.Started))
            {
                Put(kind, value);
            }
        }
    }

    /// <inheritdoc/>
    public void Tell(WorkflowNotice notice)
    {
        if (notice.IsForConsole)
        {
            Put(OutputKind.Information, new InformationRecord(notice.ToString(), "Notice"));
        }
    }

    /// <inheritdoc/>
    public void Warn(string message) => Put(OutputKind.Warning, new WarningRecord(message));

    /// <inheritdoc/>
    public void Tick(PlaybookWorkflow workflow)
    {
    }

    private void Put(OutputKind kind, object? value)
    {
        if (_keepsRecords)
        {
            JobStreams.Put(_job, kind, value);
        }
    }

    // The whole life of the job's thread, on which nothing may be thrown: it would end the process.
    private void Run()
    {
        var state = JobState.Failed;
        try
        {
            _run.Finish();
            var workflow = _run.Workflow;
            state = workflow.Status switch
            {
                RunStatus.Completed => JobState.Completed,
                RunStatus.Stopped => JobState.Stopped,
                _ => JobState.Failed,
            };
            Put(OutputKind.Output, workflow);
            if (state == JobState.Failed)
            {
                _job.Report(WorkflowErrors.Failed(workflow));
            }
        }
        catch (Exception failure)
        {
            _job.Report(JobErrors.JobBroken(failure));
        }

        JobEvents.Quietly(_run.Dispose);
        _job.End(state);
    }
}
