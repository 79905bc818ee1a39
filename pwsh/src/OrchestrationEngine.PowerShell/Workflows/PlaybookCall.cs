using System;
using System.Collections.Generic;
using System.IO;
using System.Management.Automation;
using System.Threading;
using OrchestrationEngine.Native;
using OrchestrationEngine.PowerShell.Calls;
using OrchestrationEngine.PowerShell.Imports;
using OrchestrationEngine.PowerShell.Jobs;
using OrchestrationEngine.PowerShell.Output;
using OrchestrationEngine.PowerShell.Reports;
using OrchestrationEngine.PowerShell.Runspaces;

namespace OrchestrationEngine.PowerShell.Workflows;

/// <summary>
/// A workflow that a cmdlet runs: on its own pipeline thread to the end, or in the background. Used on that thread only, except for
/// <see cref="Stop"/>.
/// </summary>
internal sealed class PlaybookCall(PSCmdlet cmdlet) : IDisposable
{
    /// <summary>How often the bar is written anew, where somebody can see it.</summary>
    private static readonly TimeSpan BarInterval = TimeSpan.FromMilliseconds(200);

    private readonly CmdletCaller _caller = new(cmdlet);
    private WorkflowRun? _run;
    private volatile bool _isStopped;

    /// <summary>Runs a workflow, and writes its result, or what stands for it while it runs.</summary>
    internal void Run(WorkflowRequest request, PlaybookOptions options)
    {
        Forget(request.JUnit);
        WorkflowCall? call = null;
        CallErrors.ThrowFrom(cmdlet, () =>
        {
            if (request.Source is { } source)
            {
                var check = PlaybookCheck.Of(source, request);
                check.Pass(cmdlet, request);
                request = request with { IsApproved = request.IsApproved || check.Approve(cmdlet) };
            }

            call = Start(request);
        });
        if (options.AsJob || options.NoWait)
        {
            CallErrors.ThrowFrom(cmdlet, () => WriteBackground(call!, request, options));
        }
        else
        {
            Follow(call!, options.OnEvent);
        }
    }

    /// <summary>Stops the workflow that the cmdlet waits for, also one that is just being started. May be called on any thread.</summary>
    internal void Stop()
    {
        _isStopped = true;
        _run?.Cancel();
    }

    /// <summary>Ends the workflow that the cmdlet waits for, however its pipeline ended.</summary>
    public void Dispose() => _run?.Dispose();

    // Nobody shall take the report of an earlier workflow for that of one that is refused. What cannot be deleted cannot be
    // written either, which is told.
    private static void Forget(string? report)
    {
        try
        {
            if (report is not null)
            {
                File.Delete(report);
            }
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
        }
    }

    private WorkflowCall Start(WorkflowRequest request)
    {
        var depth = ScriptPool.NextDepth;
        var session = cmdlet.SessionState;
        CallErrors.RefuseSession(session.LanguageMode, depth);
        var options = new CallOptions
        {
            ScriptBlock = StepScript.Tree.GetScriptBlock(),
            ThrottleLimit = request.Limit ?? Environment.ProcessorCount,
            Imports = new ImportOptions { AllCommands = true },
            Given = cmdlet.MyInvocation.BoundParameters,
        };
        var imports = SessionImports.Read(session, options.Imports, StepScript.Tree);
        var settings = CallerSession.Read(session, options, imports, depth);
        var pool = ScriptPool.For(imports.Recipe with { ForEachObject = ForEachObjectProxy.KindFor(session) });
        return WorkflowRun.Start(pool, new WorkflowCall(settings, imports.Recipe) { Host = _caller.Host }, request);
    }

    private void Follow(WorkflowCall call, ScriptBlock? onEvent)
    {
        var display = CmdletProgressDisplay.For(cmdlet, _caller.Host);
        using var writer = new WorkflowWriter(cmdlet, display);
        var events = onEvent is null ? null : new EventFollower(cmdlet, onEvent, writer);
        IWorkflowFollower follower = events is null ? writer : events;
        using var run = _run = WorkflowRun.Follow(call, follower, display is null ? Timeout.InfiniteTimeSpan : BarInterval);
        events?.Begin(run.Workflow);
        if (_isStopped)
        {
            run.Cancel();
        }

        FollowToEnd(run);
        events?.End(run.Workflow);
        writer.Dispose();
        if (_isStopped)
        {
            throw new PipelineStoppedException();
        }

        var workflow = run.Workflow;
        run.Dispose();
        if (!workflow.Success)
        {
            WriteFailure(workflow);
        }

        cmdlet.WriteObject(workflow);
    }

    // Whoever writes can be ended by it. What is to run at the end of the workflow is not for the pipeline, and still does.
    private static void FollowToEnd(WorkflowRun run)
    {
        try
        {
            run.Finish();
        }
        catch
        {
            run.Cancel();
            run.WaitForEnd();
            throw;
        }
    }

    private void WriteFailure(PlaybookWorkflow workflow)
    {
        if (workflow.Status == RunStatus.Completed)
        {
            cmdlet.WriteWarning(WorkflowErrors.Tolerated(workflow));
        }
        else
        {
            cmdlet.WriteError(WorkflowErrors.Failed(workflow));
        }
    }

    private void WriteBackground(WorkflowCall call, WorkflowRequest request, PlaybookOptions options)
    {
        var settings = new JobSettings
        {
            Command = $"Invoke-PlaybookWorkflow {request.Title}",
            Name = options.JobName,
            ThrottleLimit = request.Limit ?? Environment.ProcessorCount,
        };
        var job = WorkflowJobRun.Start(call, settings, options.AsJob);
        if (options.AsJob)
        {
            cmdlet.JobRepository.Add(job);
            cmdlet.WriteObject(job);
        }
        else
        {
            cmdlet.WriteObject(job.Workflow);
        }
    }
}
