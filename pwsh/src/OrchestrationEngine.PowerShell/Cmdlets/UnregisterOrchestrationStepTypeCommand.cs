using System.Linq;
using System.Management.Automation;
using OrchestrationEngine.PowerShell.Completers;
using OrchestrationEngine.PowerShell.Output;
using OrchestrationEngine.PowerShell.Playbooks;

namespace OrchestrationEngine.PowerShell.Cmdlets;

/// <summary>Takes a type of steps away that this session registered.</summary>
[Cmdlet(VerbsLifecycle.Unregister, "OrchestrationStepType")]
public sealed class UnregisterOrchestrationStepTypeCommand : PSCmdlet
{
    /// <summary>Gets or sets the names of the types.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(StepTypeCompleter))]
    public string[] Name { get; set; } = [];

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        foreach (var name in Name)
        {
            if (!StepTypes.Remove(name))
            {
                WriteError(StepTypeErrors.NotRegistered(name, StepTypes.All.Select(type => type.Name)));
            }
        }
    }
}
