using System;
using System.Management.Automation;
using OrchestrationEngine.Native;
using OrchestrationEngine.PowerShell.Output;

namespace OrchestrationEngine.PowerShell.Runspaces;

/// <summary>
/// Runs items inside a worker's pipeline, one after another, each in a scope of its own. It is the module's own and is
/// known in worker runspaces only.
/// </summary>
[Cmdlet(VerbsLifecycle.Invoke, "OrchestrationItem")]
public sealed class RunItemCommand : PSCmdlet
{
    private WorkerSession _session = null!;

    /// <summary>Gets or sets the worker's part in the call.</summary>
    [Parameter(Mandatory = true)]
    public PSObject Session { get; set; } = null!;

    /// <summary>Gets or sets whether to run what comes at last instead of items.</summary>
    [Parameter]
    public SwitchParameter AtLast { get; set; }

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        _session = (WorkerSession)Session.BaseObject;

        // Global, so that functions of modules see it, too.
        SessionState.PSVariable.Set("global:Orchestration", _session.Context);
        if (!TryPrepare())
        {
            return;
        }

        if (AtLast)
        {
            Contain(static it => it._session.Stage!.Finally(it), this);
        }
        else if (_session.Stage is { } stage)
        {
            RunStage(stage);
        }
        else
        {
            RunItems(BlockInvoker.For(this, _session.Call.Settings.Block));
        }
    }

    private void RunStage(WorkerStage stage)
    {
        if (!_session.TryStartOwn(_session.Call.StageReceiver) || !TryBegin(stage))
        {
            return;
        }

        var settings = _session.Call.Settings;
        using var stateful = settings.Stage!.IsStateful ? new StatefulInvoker(this, OwnTree.Of(settings.Block)) : null;
        RunItems(stateful ?? BlockInvoker.For(this, settings.Block));
        if (_session.Call.IsCancelled)
        {
            // Its last item never came; only -Finally is for that.
            return;
        }

        if (stateful is not null)
        {
            Contain(static it => it.End(), stateful);
        }

        Contain(static it => it.Stage.End(it.Runner), (Stage: stage, Runner: this));
    }

    private bool TryBegin(WorkerStage stage)
    {
        try
        {
            stage.Begin(this);
            return true;
        }
        catch (PipelineStoppedException)
        {
            throw;
        }
        catch (RuntimeException error)
        {
            // Its items cannot run, and those of the other workers should not: the call was made wrongly.
            _session.Refuse(StageErrors.BeginFailed(error));
            return false;
        }
        catch (FlowControlException)
        {
            return true;
        }
    }

    private void RunItems(BlockInvoker block)
    {
        var settings = _session.Call.Settings;
        var state = new ItemState(this, settings, _session.GoesOn);
        while (_session.TryNext(out var input))
        {
            if (input == InputProducer.Turn)
            {
                Produce();
                return;
            }

            var resets = settings.ResetsAfterItem && _session.Item is not { LeavesNothing: true };
            _session.EndItem(Run(block, input));
            if (resets)
            {
                return;
            }

            state.Restore();
        }
    }

    // The worker leaves afterwards: it was one more than the call may have for its items.
    private void Produce()
    {
        var (call, producer) = (_session.Call, _session.Call.Producer!);
        if (!_session.TryBecomeProducer(producer))
        {
            return;
        }

        _session.EndProducer(Run(BlockInvoker.For(this, call.Settings.InputScript!), input: null));
    }

    private Outcome Run(BlockInvoker block, object? input) =>
        Contain(static it => it.Block.Invoke(it.Input), (Block: block, Input: input));

    // In C#, because Set-Variable does nothing once $WhatIfPreference is set.
    private bool TryPrepare()
    {
        var settings = _session.Call.Settings;
        var variables = SessionState.PSVariable;
        foreach (var (name, value) in settings.Preferences)
        {
            variables.Set(name, value);
        }

        if (AtLast || _session.GoesOn)
        {
            return true;
        }

        try
        {
            settings.Imports.SetVariables(variables);
            return true;
        }
        catch (CallRefusedException error)
        {
            _session.Refuse(error.Record);
            return false;
        }
    }

    // No filters on these catches: a filter runs before the item's scope is left, under its preferences.
    private Outcome Contain<T>(Action<T> run, T with)
    {
        try
        {
            run(with);

            // An item can go on after its stop: one that hits PowerShell while it loads a module is an error like others.
            return _session.IsStopped ? Outcome.Stopped : Outcome.Succeeded;
        }
        catch (PipelineStoppedException)
        {
            if (Stopping || _session.IsOver)
            {
                throw;
            }

            // The item threw it itself; nobody stopped it.
            return Outcome.Stopped;
        }
        catch (RuntimeException error)
        {
            _session.Fail(error);
            return Outcome.Failed;
        }
        catch (FlowControlException left)
        {
            // exit, break or continue: the end of the item, as in ForEach-Object -Parallel.
            return _session.OutcomeOf(left);
        }
    }
}
