using System.Collections;
using System.Management.Automation;
using OrchestrationEngine.PowerShell.Playbooks;

namespace OrchestrationEngine.PowerShell.Cmdlets;

/// <summary>What the cmdlets have in common that also take a playbook that was made in PowerShell.</summary>
public abstract class PlaybookDefinitionCommand : PlaybookCommand
{
    /// <summary>The parameter set of a playbook that was made in PowerShell.</summary>
    private protected const string DefinitionSet = "Definition";

    /// <summary>Gets or sets the playbook itself.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ParameterSetName = DefinitionSet)]
    [ValidateNotNull]
    [Alias("PlaybookDefinition")]
    public IDictionary Definition { get; set; } = null!;

    /// <inheritdoc/>
    private protected override PlaybookSource Find() =>
        ParameterSetName == DefinitionSet ? PlaybookSource.Of(Definition, Location) : base.Find();
}
