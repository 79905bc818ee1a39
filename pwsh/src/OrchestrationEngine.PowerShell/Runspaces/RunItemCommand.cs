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
    /// <summary>Gets or sets the worker's part in the call.</summary>
    [Parameter(Mandatory = true)]
    public PSObject Session { get; set; } = null!;

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        var session = (WorkerSession)Session.BaseObject;
        var settings = session.Call.Settings;
        var state = new ItemState(this, settings);

        // Global, so that functions of modules see it, too.
        SessionState.PSVariable.Set("global:Orchestration", session.Context);
        var block = BlockInvoker.For(this, settings.Block);
        while (session.TryNext(out var input))
        {
            session.EndItem(RunItem(block, input, session));
            if (settings.ResetsAfterItem)
            {
                return;
            }

            state.Restore();
        }
    }

    // No filters on these catches: a filter runs before the item's scope is left, under its preferences.
    private Outcome RunItem(BlockInvoker block, object? input, WorkerSession session)
    {
        try
        {
            block.Invoke(input);

            // An item can go on after its stop: one that hits PowerShell while it loads a module is an error like others.
            return session.IsStopped ? Outcome.Stopped : Outcome.Succeeded;
        }
        catch (PipelineStoppedException)
        {
            if (Stopping || session.IsOver)
            {
                throw;
            }

            // The item threw it itself; nobody stopped it.
            return Outcome.Stopped;
        }
        catch (RuntimeException error)
        {
            session.Emit(OutputKind.Failure, error.ErrorRecord);
            return Outcome.Failed;
        }
        catch (FlowControlException)
        {
            // exit, break or continue: the end of the item, as in ForEach-Object -Parallel.
            return Outcome.Succeeded;
        }
    }
}
