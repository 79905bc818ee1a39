using System.Management.Automation;
using OrchestrationEngine.PowerShell.Playbooks;

namespace OrchestrationEngine.PowerShell.Cmdlets;

/// <summary>Draws what waits for what in a playbook. Nothing in it runs.</summary>
[Cmdlet(VerbsCommon.Show, "PlaybookGraph", DefaultParameterSetName = NameSet, SupportsShouldProcess = true)]
[OutputType(typeof(string))]
public sealed class ShowPlaybookGraphCommand : PlaybookTextCommand
{
    /// <summary>Gets or sets what it is drawn as; if not given, what the name of the file says.</summary>
    [Parameter]
    [Alias("As")]
    public GraphForm Form { get; set; }

    /// <inheritdoc/>
    private protected override void Process(PlaybookSource source)
    {
        var form = MyInvocation.BoundParameters.ContainsKey(nameof(Form)) ? Form : FormOf(Extension);
        var answer = PlaybookQuestion.Ask("graph", source, json => json.WriteString("form", NameOf(form)));
        TellErrors(answer, source);
        Write(answer.Text("graph"), "Write the drawing of a playbook");
    }

    private static string NameOf(GraphForm form) => form switch
    {
        GraphForm.Dot => "dot",
        GraphForm.Svg => "svg",
        _ => "mermaid",
    };

    private static GraphForm FormOf(string? extension) => extension switch
    {
        ".svg" => GraphForm.Svg,
        ".dot" or ".gv" => GraphForm.Dot,
        _ => GraphForm.Mermaid,
    };
}
