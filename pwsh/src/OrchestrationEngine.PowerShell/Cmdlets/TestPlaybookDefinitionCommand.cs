using System.Management.Automation;
using OrchestrationEngine.PowerShell.Playbooks;

namespace OrchestrationEngine.PowerShell.Cmdlets;

/// <summary>Says what is wrong or odd in a playbook. Nothing in it runs.</summary>
[Cmdlet(VerbsDiagnostic.Test, "PlaybookDefinition", DefaultParameterSetName = NameSet)]
[OutputType(typeof(PlaybookTest))]
public sealed class TestPlaybookDefinitionCommand : PlaybookDefinitionCommand
{
    private const string PathSet = "Path";

    /// <summary>Gets or sets the path of the file, taken literally.</summary>
    [Parameter(Mandatory = true, ParameterSetName = PathSet)]
    [ValidateNotNullOrEmpty]
    [Alias("LiteralPath")]
    public string Path { get; set; } = null!;

    /// <inheritdoc/>
    private protected override PlaybookSource Find() => ParameterSetName == PathSet ? FindFile(Path) : base.Find();

    /// <inheritdoc/>
    private protected override void Process(PlaybookSource source) =>
        WriteObject(new PlaybookTest(PlaybookQuestion.Ask("validate", source), source));
}
