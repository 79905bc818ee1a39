using System;
using System.IO;
using System.Management.Automation;
using System.Text.Json;
using OrchestrationEngine.Native;
using OrchestrationEngine.PowerShell.Output;
using OrchestrationEngine.PowerShell.Reports;
using OrchestrationEngine.PowerShell.Tasks;

namespace OrchestrationEngine.PowerShell.Cmdlets;

/// <summary>Draws what happened when in a run of tasks.</summary>
[Cmdlet(VerbsCommon.Show, "OrchestrationRun", SupportsShouldProcess = true)]
[OutputType(typeof(string))]
public sealed class ShowOrchestrationRunCommand : PSCmdlet
{
    /// <summary>Gets or sets the run: its summary, its job, or the id or name of one that is kept.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true)]
    [ValidateNotNull]
    [Alias("Run")]
    public object InputObject { get; set; } = null!;

    /// <summary>Gets or sets what it is drawn as; if not given, what the name of the file says.</summary>
    [Parameter]
    public RunForm As { get; set; }

    /// <summary>Gets or sets the file that gets the drawing.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Path { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        try
        {
            Show(Read());
        }
        catch (EngineException problem)
        {
            WriteError(problem.Status == EngineStatus.Store
                ? ShowErrors.NoRun(problem, InputObject)
                : Errors.EngineRefused(problem));
        }
        catch (EngineLibraryException problem)
        {
            ThrowTerminatingError(Errors.LibraryUnusable(problem));
        }
    }

    private RunChart? Read()
    {
        switch (PlainValue.Of(InputObject))
        {
            case TaskRunSummary run:
                return RunChart.Of(run);
            case OrchestrationJob { Summary: { } run }:
                return RunChart.Of(run);
            case string run:
                var folder = StateFolder.Find(SessionState.Path.CurrentFileSystemLocation.ProviderPath);
                var answer = RunStore.Ask(JsonSerializer.Serialize(new { folder, ask = "run", run }));
                return RunChart.Of(JsonSerializer.Deserialize<JsonElement>(answer));
            case var other:
                WriteError(ShowErrors.NotARun(other));
                return null;
        }
    }

    private void Show(RunChart? run)
    {
        if (run is null)
        {
            return;
        }

        var form = MyInvocation.BoundParameters.ContainsKey(nameof(As)) ? As : FormOf(Path);
        if (Path is not null)
        {
            Write(RunArtist.Draw(run, form), Path);
        }
        else if (form == RunForm.Text)
        {
            WriteObject(RunArtist.DrawForTerminal(run, this).Split('\n'), enumerateCollection: true);
        }
        else
        {
            WriteObject(RunArtist.Draw(run, form));
        }
    }

    private static RunForm FormOf(string? path) => System.IO.Path.GetExtension(path)?.ToLowerInvariant() switch
    {
        ".svg" => RunForm.Svg,
        ".html" or ".htm" => RunForm.Html,
        ".mmd" or ".mermaid" => RunForm.Mermaid,
        ".json" => RunForm.Trace,
        _ => RunForm.Text,
    };

    private void Write(string drawing, string path)
    {
        try
        {
            var full = SessionState.Path.GetUnresolvedProviderPathFromPSPath(path, out var provider, out _);
            if (provider.Name != "FileSystem")
            {
                throw new NotSupportedException($"The provider {provider.Name} has no files.");
            }

            if (ShouldProcess(full, "Write the drawing of a run"))
            {
                File.WriteAllText(full, drawing);
            }
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException or RuntimeException or NotSupportedException)
        {
            ThrowTerminatingError(ReportErrors.CannotBeWritten(nameof(Path), path, problem));
        }
    }
}
