using System.Linq;
using System.Management.Automation;
using OrchestrationEngine.PowerShell.Completers;
using OrchestrationEngine.PowerShell.Output;
using OrchestrationEngine.PowerShell.Playbooks;

namespace OrchestrationEngine.PowerShell.Cmdlets;

/// <summary>Lists the types of steps that this session registered.</summary>
[Cmdlet(VerbsCommon.Get, "OrchestrationStepType")]
[OutputType(typeof(OrchestrationStepType))]
public sealed class GetOrchestrationStepTypeCommand : PSCmdlet
{
    /// <summary>Gets or sets the names of the types, with wildcards.</summary>
    [Parameter(Position = 0)]
    [ValidateNotNullOrEmpty]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(StepTypeCompleter))]
    public string[] Name { get; set; } = ["*"];

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        var all = StepTypes.All;
        foreach (var name in Name)
        {
            var pattern = WildcardPattern.Get(name, WildcardOptions.IgnoreCase);
            var found = all.Where(type => pattern.IsMatch(type.Name)).ToArray();
            WriteObject(found, enumerateCollection: true);
            if (found.Length == 0 && !WildcardPattern.ContainsWildcardCharacters(name))
            {
                WriteError(StepTypeErrors.NotRegistered(name, all.Select(type => type.Name)));
            }
        }
    }
}
