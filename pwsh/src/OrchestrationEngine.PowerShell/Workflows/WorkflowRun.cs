using System;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using System.Threading;
using OrchestrationEngine.Native;
using OrchestrationEngine.PowerShell.Output;
using OrchestrationEngine.PowerShell.Runspaces;

namespace OrchestrationEngine.PowerShell.Workflows;

/// <summary>
/// The part of a workflow that follows its news and makes a result of each step's end. Used on one thread only, the pipeline's
/// or that of a job, except for <see cref="Cancel"/>.
/// </summary>
internal sealed class WorkflowRun : IDisposable
{
    private readonly WorkflowCall _call;
    private readonly IWorkflowFollower _follower;
    private readonly SecretMask _mask;
    private readonly List<ErrorRecord> _failures = [];
    private WorkflowReport? _first;
    private WorkflowOutcome? _outcome;

    private WorkflowRun(WorkflowCall call, IWorkflowFollower follower)
    {
        _call = call;
        _follower = follower;
        _mask = new SecretMask(call.Run.Mask);
        _first = call.Run.GetReport(TimeSpan.Zero);
        Workflow = new PlaybookWorkflow(new WorkflowState { Id = _first.Id, Name = _first.Name, TotalSteps = _first.TotalSteps });
        WorkflowList.Add(Workflow, Cancel);
    }

    /// <summary>Gets the workflow, which changes while this follows it.</summary>
    internal PlaybookWorkflow Workflow { get; }

    /// <summary>Gets or sets how often the follower is told that time passes; endless if it need not be.</summary>
    internal TimeSpan TickInterval { get; init; } = Timeout.InfiniteTimeSpan;

    /// <summary>Begins a workflow.</summary>
    /// <exception cref="CallRefusedException">The playbook, or what it is told, cannot be used.</exception>
    internal static WorkflowCall Start(ScriptPool pool, WorkflowCall call, WorkflowRequest request)
    {
        try
        {
            pool.Open(call, request.ToJson());
            return call;
        }
        catch (EngineException problem) when (WorkflowErrors.Refused(problem, request) is { } refused)
        {
            call.Dispose();
            throw new CallRefusedException(refused);
        }
        catch
        {
            call.Dispose();
            throw;
        }
    }

    /// <summary>Makes what follows a workflow that was begun.</summary>
    /// <param name="call">The workflow as its workers see it; disposed with this.</param>
    /// <param name="follower">Who is told.</param>
    /// <param name="tickInterval">How often the follower is told that time passes; endless if it need not be.</param>
    internal static WorkflowRun Follow(WorkflowCall call, IWorkflowFollower follower, TimeSpan tickInterval)
    {
        try
        {
            return new WorkflowRun(call, follower) { TickInterval = tickInterval };
        }
        catch
        {
            call.Dispose();
            throw;
        }
    }

    /// <summary>Follows the workflow to its end.</summary>
    internal void Finish()
    {
        while (_outcome is null)
        {
            var report = Next();
            foreach (var news in report.News)
            {
                Take(news);
            }

            Tell(report);
            _follower.Tick(Workflow);
        }

        End(_outcome);
    }

    /// <summary>Waits until the workflow is over, and tells the follower nothing more.</summary>
    internal void WaitForEnd()
    {
        while (_outcome is null)
        {
            foreach (var news in Next().News.Where(news => news.Kind == WorkflowNewsKind.Ended))
            {
                Note(ResultOf(news, TakePuts(news)));
            }
        }

        // What came with the news that the follower broke off at.
        var known = Workflow.Results.Select(step => step.StepName).ToHashSet();
        foreach (var step in _outcome.Results.Where(step => !known.Contains(step.StepName)))
        {
            Note(ResultOf(step, [.. StepOutput.Of(step)]));
        }

        End(_outcome);
    }

    /// <summary>Stops the workflow. May be called on any thread.</summary>
    internal void Cancel() => _call.Cancel(CancelReason.Requested);

    /// <summary>Ends the workflow, however its following ended.</summary>
    public void Dispose()
    {
        _call.Dispose();
        Workflow.Become(state => state.Status == RunStatus.Running
            ? state with { Status = RunStatus.Stopped, Duration = DateTime.Now - state.StartTime }
            : state);
        WorkflowList.End(Workflow);
    }

    private WorkflowReport Next()
    {
        var report = _first ?? _call.Run.GetReport(TickInterval);
        _first = null;
        _outcome ??= report.Outcome;
        Workflow.Become(state => state with { CurrentStep = report.CurrentStep, TotalSteps = report.TotalSteps });
        return report;
    }

    private void Take(WorkflowNews news)
    {
        switch (news.Kind)
        {
            case WorkflowNewsKind.Started:
                _follower.Start(news.StepName);
                break;
            case WorkflowNewsKind.Retrying:
                _ = TakePuts(news);
                _follower.Retry(
                    news.StepName, $"Step '{news.StepName}' failed at attempt {news.Attempts} and is tried again: {news.Error}");
                break;
            case WorkflowNewsKind.Ended:
                var puts = TakePuts(news);
                var result = ResultOf(news, puts);
                Note(result);
                _follower.End(result, puts);
                break;
        }
    }

    private void Tell(WorkflowReport report)
    {
        foreach (var notice in report.Notices)
        {
            _follower.Tell(notice);
        }

        foreach (var warning in report.Warnings)
        {
            _follower.Warn(warning);
        }
    }

    private void Note(PlaybookStepResult result)
    {
        Workflow.Add(result);
        if (result.Status is PlaybookStepStatus.Failed or PlaybookStepStatus.TimedOut && !result.IsGroup)
        {
            _failures.Add(WorkflowErrors.StepFailed(result));
        }
    }

    private void End(WorkflowOutcome outcome)
    {
        IReadOnlyList<ErrorRecord> errors = outcome.Success ? [] : [.. _failures, .. WorkflowErrors.Of(outcome)];
        if (_call.Refusal is { } refusal)
        {
            errors = [refusal, .. errors];
        }

        Workflow.Become(state => state with
        {
            Status = outcome.Status,
            Success = outcome.Success,
            Reason = outcome.Reason,
            StepsExecuted = outcome.StepsExecuted,
            TotalSteps = outcome.TotalSteps,
            Duration = outcome.Duration,
            LowerBound = outcome.LowerBound,
            Sequential = outcome.Sequential,
            Errors = errors,
        });
    }

    // What a worker of this process has put out; of others the engine has the texts, masked.
    private List<(OutputKind Kind, object? Value)> TakePuts(WorkflowNews news)
    {
        if (news.Task is not { } task || _call.TakeAttempt(task, news.Attempts) is not { } slot)
        {
            return [.. StepOutput.Of(news)];
        }

        lock (slot)
        {
            return _mask.Hide([.. slot.Attempted]);
        }
    }

    private static PlaybookStepResult ResultOf(WorkflowStep step, List<(OutputKind Kind, object? Value)> puts) =>
        StepOutput.ResultOf(step, puts);
}
