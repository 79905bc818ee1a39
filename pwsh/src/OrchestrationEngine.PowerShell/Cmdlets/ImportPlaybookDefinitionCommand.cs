using System.Management.Automation;
using OrchestrationEngine.PowerShell.Playbooks;

namespace OrchestrationEngine.PowerShell.Cmdlets;

/// <summary>Reads a playbook's file as data. Nothing in it runs.</summary>
[Cmdlet(VerbsData.Import, "PlaybookDefinition", DefaultParameterSetName = NameSet)]
[OutputType(typeof(PlaybookImport))]
public sealed class ImportPlaybookDefinitionCommand : PlaybookCommand
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
        WriteObject(new PlaybookImport(PlaybookQuestion.Ask("read", source), source));
}
