using System.Collections;
using System.Management.Automation;
using OrchestrationEngine.PowerShell.Completers;
using OrchestrationEngine.PowerShell.Workflows;

namespace OrchestrationEngine.PowerShell.Cmdlets;

/// <summary>Goes on with a workflow that did not come to its end, or failed.</summary>
[Cmdlet(VerbsLifecycle.Resume, "PlaybookWorkflow", SupportsShouldProcess = true)]
[OutputType(typeof(PlaybookWorkflow))]
public sealed class ResumePlaybookWorkflowCommand : WorkflowCommand
{
    /// <summary>Gets or sets the workflow, by its id or by the name of its playbook, which means the latest of it.</summary>
    [Parameter(Mandatory = true, Position = 0)]
    [ValidateNotNullOrEmpty]
    [Alias("Id")]
    [ArgumentCompleter(typeof(WorkflowCompleter))]
    public string WorkflowId { get; set; } = string.Empty;

    /// <summary>Gets or sets what is not kept and has to be given again: secrets.</summary>
    [Parameter]
    [ValidateNotNull]
    public IDictionary Parameters { get; set; } = new Hashtable();

    /// <summary>Gets or sets whether it goes on though its playbook is another than before.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <summary>Gets or sets whether it runs in the background: what is given changes while it runs.</summary>
    [Parameter]
    public SwitchParameter NoWait { get; set; }

    /// <summary>Gets or sets whether steps that wait for the approval of a person have it.</summary>
    [Parameter]
    public SwitchParameter Approve { get; set; }

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        var request = new WorkflowRequest
        {
            Directory = Location,
            Parameters = Parameters,
            Id = WorkflowId,
            State = StatePath,
            Resumes = true,
            AcceptsChanges = Force,
            IsApproved = Approve,
        };
        Run(request, new PlaybookOptions(AsJob: false, JobName: null, NoWait), isDryRun: false);
    }
}
