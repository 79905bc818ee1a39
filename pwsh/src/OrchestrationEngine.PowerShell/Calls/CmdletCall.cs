using System;
using System.Collections.Generic;
using System.Management.Automation;
using OrchestrationEngine.Native;
using OrchestrationEngine.PowerShell.Imports;
using OrchestrationEngine.PowerShell.Output;
using OrchestrationEngine.PowerShell.Runspaces;
using OrchestrationEngine.PowerShell.Scripts;
using OrchestrationEngine.PowerShell.Tasks;

namespace OrchestrationEngine.PowerShell.Calls;

/// <summary>
/// A call that a cmdlet makes on its own pipeline thread: what goes wrong with the call itself is the cmdlet's
/// terminating error. Used on that thread only, except for <see cref="Stop"/>.
/// </summary>
internal sealed class CmdletCall : IDisposable
{
    private readonly PSCmdlet _cmdlet;
    private readonly CmdletCaller _caller;
    private readonly InputBinding _binding;
    private ParallelCall? _call;
    private JobCall? _job;
    private TaskRun? _run;
    private CallOptions _options = null!;
    private bool _isOver;
    private volatile bool _isStopped;

    internal CmdletCall(PSCmdlet cmdlet)
    {
        _cmdlet = cmdlet;
        _caller = new CmdletCaller(cmdlet);
        _binding = new InputBinding(cmdlet);
    }

    /// <summary>Reads what the call needs from the caller's session, and opens its queue.</summary>
    internal void Start(CallOptions options)
    {
        _options = options;
        CallErrors.ThrowFrom(_cmdlet, () => Open(options));
    }

    /// <summary>Feeds one item; waits, and writes output meanwhile, while the queue is full.</summary>
    internal void Add(object? input)
    {
        _binding.Count();
        if (_job is not null)
        {
            _job.Add(input);
        }
        else if (!_isOver && !_call!.Add(input))
        {
            EndIfCutShort();
        }
    }

    /// <summary>Says that no more items come, and writes all output that is left, or the job that gets it.</summary>
    internal void Finish()
    {
        if (_run is not null)
        {
            FinishRun(_run);
        }
        else if (_job is not null)
        {
            CallErrors.ThrowFrom(_cmdlet, _job.Start);
        }
        else if (!_isOver)
        {
            _call!.Finish();
            EndIfCutShort();
        }
    }

    /// <summary>Stops the call, also one that is just being started. May be called on any thread.</summary>
    internal void Stop()
    {
        _isStopped = true;
        _call?.Cancel(CancelReason.Requested);
        _run?.Cancel();
    }

    /// <summary>Ends the call, however its pipeline ended: what still runs is stopped, or given up.</summary>
    public void Dispose()
    {
        _call?.Dispose();
        _job?.Dispose();
        _run?.Dispose();
    }

    private void Open(CallOptions options)
    {
        var depth = ScriptPool.NextDepth;
        CallErrors.RefuseSession(_cmdlet.SessionState.LanguageMode, depth);
        options = options with { Given = _cmdlet.MyInvocation.BoundParameters };
        var session = _cmdlet.SessionState;
        var tasks = options.Tasks is { } written ? ReadTasks(written, options) : null;
        var imports = SessionImports.Read(session, options.Imports, CallerSession.AstOf(options.ScriptBlock)!);
        var settings = CallerSession.Read(session, options, imports, depth, tasks);
        var pool = ScriptPool.For(imports.Recipe with { ForEachObject = ForEachObjectFor(session, options, imports) });
        if (tasks is not null)
        {
            StartRun(pool, options, settings, TaskMemoMaker.Complete(tasks, settings, imports.Recipe, session.Path));
            return;
        }

        if (options.AsJob)
        {
            _job = new JobCall(_cmdlet, _caller, pool, options, settings);
            return;
        }

        _call = ParallelCall.Open(pool, options, settings, ReceiverFor(options), _caller);
        ShareState(_call.State);
        CancelIfStopped(() => _call.Cancel(CancelReason.Requested));
    }

    private void StartRun(ScriptPool pool, CallOptions options, CallSettings settings, TaskGraph tasks)
    {
        if (options.AsJob)
        {
            var (job, state) = TaskJobRun.Start(pool, options, settings, tasks);
            ShareState(state);
            _cmdlet.JobRepository.Add(job);
            _cmdlet.WriteObject(job);
            _isOver = true;
            return;
        }

        _run = TaskRun.Open(pool, settings, tasks, new TaskWriter(_cmdlet, tasks.Works.Count), _caller);
        ShareState(_run.State);
        CancelIfStopped(_run.Cancel);
    }

    private TaskGraph ReadTasks(IReadOnlyList<object?> written, CallOptions options)
    {
        var scripts = new ScriptResolver(_cmdlet.SessionState, []);
        var location = _cmdlet.SessionState.Path.CurrentFileSystemLocation.ProviderPath;
        return TaskGraphMaker.Make(new TaskReader(scripts).Read(written), options, location);
    }

    private void ShareState(OrchestrationState state)
    {
        if (_options.StateVariable is { } name)
        {
            _cmdlet.SessionState.PSVariable.Set(name, state);
        }
    }

    private void CancelIfStopped(Action cancel)
    {
        if (_isStopped)
        {
            cancel();
        }
    }

    private void FinishRun(TaskRun run)
    {
        var (summary, cutShort) = FollowToEnd(run);
        ShareSummary(summary);
        if (_isStopped)
        {
            throw new PipelineStoppedException();
        }

        if (cutShort is not null)
        {
            _cmdlet.ThrowTerminatingError(cutShort);
        }
    }

    // Whoever writes can be ended by it: by -ErrorAction Stop, or a Select-Object -First that has enough. What is to run
    // at the end of the run is not for the pipeline, and still does.
    private (TaskRunSummary Summary, ErrorRecord? CutShort) FollowToEnd(TaskRun run)
    {
        try
        {
            return run.Finish();
        }
        catch
        {
            run.Cancel();
            ShareSummary(run.WaitForEnd());
            throw;
        }
    }

    private void ShareSummary(TaskRunSummary summary)
    {
        if (_options.SummaryVariable is { } name)
        {
            _cmdlet.SessionState.PSVariable.Set(name, summary);
        }
    }

    // A session state of the caller's own says itself what its commands are.
    private static ForEachObjectKind ForEachObjectFor(
        SessionState session, CallOptions options, SessionImports imports) =>
        options.ForEachObject == ForEachObjectKind.Original && imports.Recipe.State is null
            ? ForEachObjectProxy.KindFor(session)
            : options.ForEachObject;

    private IItemReceiver ReceiverFor(CallOptions options) => options switch
    {
        { PassThru: true } => new RecordReceiver(_cmdlet),
        { IsStrict: true } => new StrictReceiver(_cmdlet),
        _ => new StreamReceiver(_cmdlet),
    };

    private void EndIfCutShort()
    {
        if (_call!.Verdict is { } error)
        {
            End(error);
        }

        if (_call.WasStopped)
        {
            throw new PipelineStoppedException();
        }
    }

    private void End(ErrorRecord error)
    {
        if (!_options.GoesOnAfterTimeout || !_call!.HasTimedOut)
        {
            _cmdlet.ThrowTerminatingError(error);
        }

        _isOver = true;
        if (!_options.IsStrict)
        {
            _cmdlet.WriteError(error);
        }
    }
}
