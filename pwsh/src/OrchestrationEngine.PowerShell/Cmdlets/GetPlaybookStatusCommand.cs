using System;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using OrchestrationEngine.Native;
using OrchestrationEngine.PowerShell.Completers;
using OrchestrationEngine.PowerShell.Output;
using OrchestrationEngine.PowerShell.Tasks;
using OrchestrationEngine.PowerShell.Workflows;

namespace OrchestrationEngine.PowerShell.Cmdlets;

/// <summary>Says how workflows stand: those of this session, and those that are kept, also of other processes.</summary>
[Cmdlet(VerbsCommon.Get, "PlaybookStatus")]
[OutputType(typeof(PlaybookWorkflow), typeof(PlaybookStatusSummary))]
public sealed class GetPlaybookStatusCommand : PSCmdlet
{
    /// <summary>Gets or sets the workflow, by its id or by the name of its playbook, which means the latest of it.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true)]
    [ValidateNotNullOrEmpty]
    [Alias("Id")]
    [ArgumentCompleter(typeof(WorkflowCompleter))]
    public string? WorkflowId { get; set; }

    private WorkflowStore Store => new(StateFolder.Find(SessionState.Path.CurrentFileSystemLocation.ProviderPath));

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        try
        {
            WriteObject(WorkflowId is null ? new PlaybookStatusSummary(All()) : WorkflowList.Find(WorkflowId) ?? Store.Find(WorkflowId));
        }
        catch (EngineException problem) when (problem.Status == EngineStatus.Store)
        {
            WriteError(WorkflowId is null ? WorkflowErrors.StoreUnreadable(problem) : WorkflowErrors.NotFound(WorkflowId, problem));
        }
        catch (EngineLibraryException problem)
        {
            ThrowTerminatingError(Errors.LibraryUnusable(problem));
        }
    }

    private List<PlaybookWorkflow> All()
    {
        var all = WorkflowList.All().ToList();
        var known = all.Select(workflow => workflow.WorkflowId).ToHashSet(StringComparer.OrdinalIgnoreCase);
        all.AddRange(Store.List().Where(workflow => !known.Contains(workflow.WorkflowId)));
        return [.. all.OrderByDescending(workflow => workflow.StartTime)];
    }
}
