using System;
using System.Management.Automation;
using System.Management.Automation.Host;
using System.Text.Json;
using OrchestrationEngine.Native;

namespace OrchestrationEngine.PowerShell.Reports;

/// <summary>Has runs drawn. Used on the pipeline's thread.</summary>
internal static class RunArtist
{
    private const int UsualWidth = 80;

    private static readonly JsonSerializerOptions Names = new() { PropertyNamingPolicy = JsonNamingPolicy.CamelCase };

    /// <summary>Draws a run for a file or another command.</summary>
    internal static string Draw(RunChart run, RunForm form) => Ask(new { @as = form.ToString(), unicode = true, width = UsualWidth, run });

    /// <summary>Draws a run for the terminal of a cmdlet that comes last in its pipeline.</summary>
    internal static string DrawForTerminal(RunChart run, PSCmdlet cmdlet) => Ask(new
    {
        @as = nameof(RunForm.Text),
        width = WidthOf(cmdlet.Host),
        colour = ShowsColours(cmdlet),
        unicode = Console.OutputEncoding.CodePage is 65001 or 1200,
        run,
    });

    private static string Ask<T>(T question) => RunDrawing.Draw(JsonSerializer.Serialize(question, Names));

    // Hosts without a screen say so in many ways.
    private static int WidthOf(PSHost host)
    {
        try
        {
            // A line that fills its row makes some terminals begin another one.
            return host.UI?.RawUI?.WindowSize.Width is > 1 and var width ? width - 1 : UsualWidth;
        }
        catch (Exception)
        {
            return UsualWidth;
        }
    }

    private static bool ShowsColours(PSCmdlet cmdlet)
    {
        var style = cmdlet.SessionState.PSVariable.GetValue("PSStyle");
        var rendering = style is null ? null : PSObject.AsPSObject(style).Properties["OutputRendering"]?.Value?.ToString();
        return rendering == "Ansi"
            || (rendering == "Host"
                && cmdlet.Host.UI is { SupportsVirtualTerminal: true }
                && !Console.IsOutputRedirected
                && cmdlet.MyInvocation.PipelinePosition == cmdlet.MyInvocation.PipelineLength);
    }
}
