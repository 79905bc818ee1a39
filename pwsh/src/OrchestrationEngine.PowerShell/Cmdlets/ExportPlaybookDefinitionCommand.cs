using System.Management.Automation;
using OrchestrationEngine.PowerShell.Playbooks;

namespace OrchestrationEngine.PowerShell.Cmdlets;

/// <summary>Writes a playbook as psd1, JSON or YAML. Nothing in it runs.</summary>
[Cmdlet(VerbsData.Export, "PlaybookDefinition", DefaultParameterSetName = NameSet, SupportsShouldProcess = true)]
[OutputType(typeof(string))]
public sealed class ExportPlaybookDefinitionCommand : PlaybookTextCommand
{
    /// <summary>Gets or sets how it is written; if not given, what the name of the file says.</summary>
    [Parameter]
    [Alias("As")]
    public PlaybookForm To { get; set; }

    /// <inheritdoc/>
    private protected override void Process(PlaybookSource source)
    {
        var form = MyInvocation.BoundParameters.ContainsKey(nameof(To)) ? To : FormOf(Extension);
        var answer = PlaybookQuestion.Ask("export", source, json => json.WriteString("form", NameOf(form)));
        TellErrors(answer, source);
        TellWarnings(answer, source);
        Write(answer.Text("text"), "Write a playbook");
    }

    /// <summary>What the engine calls a form, and what its files end in.</summary>
    internal static string NameOf(PlaybookForm form) => form switch
    {
        PlaybookForm.Json => "json",
        PlaybookForm.Yaml => "yaml",
        _ => "psd1",
    };

    private static PlaybookForm FormOf(string? extension) => extension switch
    {
        ".json" => PlaybookForm.Json,
        ".yaml" or ".yml" => PlaybookForm.Yaml,
        _ => PlaybookForm.Psd1,
    };
}
