namespace OrchestrationEngine.PowerShell.Reports;

/// <summary>What a call is to tell beside its output.</summary>
internal sealed record ReportOptions
{
    /// <summary>Gets a value indicating whether a progress bar is shown, where somebody can see it.</summary>
    internal bool ShowsProgress { get; init; }

    /// <summary>Gets the file that gets a row for each item; null for none.</summary>
    internal ReportTarget? Log { get; init; }

    /// <summary>Gets the file that gets a trace of the call; null for none.</summary>
    internal ReportTarget? Trace { get; init; }

    /// <summary>Gets a value indicating whether workers have to note when items start.</summary>
    internal bool NotesStart => Log is not null || Trace is not null;
}
