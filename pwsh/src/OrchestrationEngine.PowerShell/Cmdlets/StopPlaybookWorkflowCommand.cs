using System;
using System.Management.Automation;
using OrchestrationEngine.Native;
using OrchestrationEngine.PowerShell.Completers;
using OrchestrationEngine.PowerShell.Output;
using OrchestrationEngine.PowerShell.Tasks;
using OrchestrationEngine.PowerShell.Workflows;

namespace OrchestrationEngine.PowerShell.Cmdlets;

/// <summary>Stops a workflow, in whichever process it runs.</summary>
[Cmdlet(VerbsLifecycle.Stop, "PlaybookWorkflow", SupportsShouldProcess = true)]
[OutputType(typeof(PlaybookStop))]
public sealed class StopPlaybookWorkflowCommand : PSCmdlet
{
    /// <summary>How long the end of one of this process is waited for; what runs at the end of it may take longer.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>Gets or sets the id of the workflow.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true)]
    [ValidateNotNullOrEmpty]
    [Alias("Id")]
    [ArgumentCompleter(typeof(WorkflowCompleter))]
    public string WorkflowId { get; set; } = string.Empty;

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        if (!ShouldProcess(WorkflowId, "Stop the workflow"))
        {
            return;
        }

        try
        {
            WriteObject(StopHere() ?? StopElsewhere());
        }
        catch (EngineException problem) when (problem.Status == EngineStatus.Store)
        {
            WriteError(WorkflowErrors.NotFound(WorkflowId, problem));
            WriteObject(new PlaybookStop(WorkflowId) { Error = $"There is no workflow '{WorkflowId}'." });
        }
        catch (EngineLibraryException problem)
        {
            ThrowTerminatingError(Errors.LibraryUnusable(problem));
        }
    }

    private PlaybookStop? StopHere() => WorkflowList.Stop(WorkflowId, Patience) is { } workflow
        ? new PlaybookStop(WorkflowId)
        {
            Message = workflow.Status == RunStatus.Running
                ? $"The workflow '{WorkflowId}' was asked to stop, and does what is to be done at its end."
                : $"The workflow '{WorkflowId}' was stopped.",
        }
        : null;

    private PlaybookStop StopElsewhere()
    {
        var store = new WorkflowStore(StateFolder.Find(SessionState.Path.CurrentFileSystemLocation.ProviderPath));
        var known = WorkflowList.Find(WorkflowId) ?? store.Find(WorkflowId);
        if (known.Status != RunStatus.Running)
        {
            return new PlaybookStop(WorkflowId) { Error = $"The workflow '{WorkflowId}' does not run: it is {known.Status}." };
        }

        store.RequestStop(known.WorkflowId);
        return new PlaybookStop(WorkflowId) { Message = $"The process that runs the workflow '{WorkflowId}' was asked to stop it." };
    }
}
