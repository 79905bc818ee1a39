using System;
using System.Collections.ObjectModel;
using System.Management.Automation;
using OrchestrationEngine.Native;
using OrchestrationEngine.PowerShell.Jobs;
using OrchestrationEngine.PowerShell.Output;
using OrchestrationEngine.PowerShell.Reports;
using OrchestrationEngine.PowerShell.Runspaces;

namespace OrchestrationEngine.PowerShell.Calls;

/// <summary>
/// The call of a job, on the job's thread: feeds its items and ends it. It knows nothing of the cmdlet that made the
/// job, which is over by then and would hold the last item.
/// </summary>
internal sealed class JobRun : ICaller
{
    private readonly OrchestrationJob _job;
    private readonly ChildJobReceiver _receiver;
    private readonly ParallelCall _call;

    private JobRun(OrchestrationJob job, ScriptPool pool, CallOptions options, CallSettings settings)
    {
        _job = job;
        _receiver = new ChildJobReceiver(job);
        _call = ParallelCall.Open(pool, options, settings, _receiver, this);
    }

    /// <summary>Opens the queue of a job, and starts its thread.</summary>
    /// <returns>What its items share by name.</returns>
    /// <exception cref="EngineException">The engine refused the queue.</exception>
    internal static OrchestrationState Start(OrchestrationJob job, ScriptPool pool, CallOptions options, CallSettings settings)
    {
        var run = new JobRun(job, pool, options, settings);
        job.Start(run.Run, () => run._call.Cancel(CancelReason.Requested));
        return run._call.State;
    }

    /// <inheritdoc/>
    public IProgressDisplay ProgressDisplay => new JobProgressDisplay(_job);

    /// <inheritdoc/>
    public long? CountInput() => _job.Children.Count;

    /// <inheritdoc/>
    public void AnswerClassMethods()
    {
        // What would ask for it was refused.
    }

    /// <inheritdoc/>
    public Collection<PSObject> Invoke(ScriptBlock script, object? item) =>
        throw new PSInvalidOperationException("A job cannot run script in the session of its caller.");

    // The whole life of the job's thread, on which nothing may be thrown: it would end the process.
    private void Run()
    {
        ErrorRecord? problem;
        var wasStopped = false;
        try
        {
            Feed();
            problem = _call.Verdict;
            wasStopped = _call.WasStopped;
        }
        catch (Exception failure)
        {
            problem = JobErrors.JobBroken(failure);
        }

        JobEvents.Quietly(_call.Dispose);
        _receiver.EndRest();
        if (problem is not null)
        {
            _job.Report(problem);
        }

        _job.End(problem is not null ? JobState.Failed : wasStopped ? JobState.Stopped : null);
    }

    private void Feed()
    {
        foreach (var child in _job.Children)
        {
            if (!_call.Add(child.TakeInput()))
            {
                return;
            }
        }

        _call.Finish();
    }
}
