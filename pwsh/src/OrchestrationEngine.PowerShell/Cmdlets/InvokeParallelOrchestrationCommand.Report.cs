using System;
using System.Management.Automation;
using OrchestrationEngine.PowerShell.Reports;

namespace OrchestrationEngine.PowerShell.Cmdlets;

/// <content>What a call tells beside its output.</content>
public sealed partial class InvokeParallelOrchestrationCommand
{
    /// <summary>Gets or sets the name of a variable that gets the counters and bags of the call.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? StateVariable { get; set; }

    /// <summary>Gets or sets whether a progress bar is shown, where somebody can see it.</summary>
    [Parameter]
    public SwitchParameter Progress { get; set; }

    /// <summary>Gets or sets the file that gets a row for each item: .csv, .json or .jsonl.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Log { get; set; }

    /// <summary>Gets or sets the file that gets a trace of the call, which browsers show as a time line.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Trace { get; set; }

    private ReportOptions? ReadReports() => !Progress && Log is null && Trace is null ? null : new ReportOptions
    {
        ShowsProgress = Progress,
        Log = TargetOf(nameof(Log), Log),
        Trace = TargetOf(nameof(Trace), Trace),
    };

    private ReportTarget? TargetOf(string parameter, string? path)
    {
        if (path is null)
        {
            return null;
        }

        try
        {
            var full = SessionState.Path.GetUnresolvedProviderPathFromPSPath(path, out var provider, out _);
            return provider.Name == "FileSystem"
                ? new ReportTarget(parameter, path, full)
                : throw new NotSupportedException($"The provider {provider.Name} has no files.");
        }
        catch (Exception problem) when (problem is RuntimeException or NotSupportedException)
        {
            ThrowTerminatingError(ReportErrors.CannotBeWritten(parameter, path, problem));
            return null;
        }
    }
}
