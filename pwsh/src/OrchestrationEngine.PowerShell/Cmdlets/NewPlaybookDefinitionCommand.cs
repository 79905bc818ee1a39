using System.Collections;
using System.Collections.Specialized;
using System.Management.Automation;
using OrchestrationEngine.PowerShell.Completers;
using OrchestrationEngine.PowerShell.Playbooks;

namespace OrchestrationEngine.PowerShell.Cmdlets;

/// <summary>Makes a playbook of steps. Nothing is checked or run here.</summary>
[Cmdlet(VerbsCommon.New, "PlaybookDefinition")]
[OutputType(typeof(OrderedDictionary))]
public sealed class NewPlaybookDefinitionCommand : PSCmdlet
{
    /// <summary>Gets or sets the name of the playbook.</summary>
    [Parameter(Mandatory = true, Position = 0)]
    [ValidateNotNullOrEmpty]
    public string Name { get; set; } = string.Empty;

    /// <summary>Gets or sets what it is for.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Description { get; set; }

    /// <summary>Gets or sets its version.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string Version { get; set; } = "1.0";

    /// <summary>Gets or sets its steps, in order: what New-ScriptStep and the like give, or tables written by hand.</summary>
    [Parameter(Position = 1)]
    [ValidateNotNull]
    public IDictionary[] Steps { get; set; } = [];

    /// <summary>Gets or sets what it is told when it is started, by name: a table of type, required, default and so on.</summary>
    [Parameter]
    [ValidateNotNull]
    public IDictionary Parameters { get; set; } = StepTable.New();

    /// <summary>Gets or sets values that its steps see.</summary>
    [Parameter]
    [ValidateNotNull]
    public IDictionary? Variables { get; set; }

    /// <summary>Gets or sets how it runs: Parallel, MaxConcurrency, StopOnError, Timeout.</summary>
    [Parameter]
    [ValidateNotNull]
    public IDictionary? Options { get; set; }

    /// <summary>Gets or sets the modules that have to be there.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(ModuleCompleter))]
    public string[] RequiredModules { get; set; } = [];

    /// <summary>Gets or sets steps that run at the end, however it ended.</summary>
    [Parameter]
    [ValidateNotNull]
    public IDictionary[] Finally { get; set; } = [];

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        var playbook = StepTable.New();
        playbook.Add("name", Name);
        playbook.AddIfGiven("description", Description);
        playbook.Add("version", Version);
        playbook.Add("parameters", Parameters);
        playbook.AddIfGiven("variables", Variables);
        playbook.AddIfGiven("options", Options);
        playbook.Add("requiredModules", RequiredModules);
        playbook.Add("steps", Steps);
        playbook.AddIfGiven("finally", Finally);
        WriteObject(playbook);
    }
}
