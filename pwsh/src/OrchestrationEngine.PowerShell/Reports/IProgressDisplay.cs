using System.Management.Automation;

namespace OrchestrationEngine.PowerShell.Reports;

/// <summary>Where somebody sees progress. Used on the thread that feeds the call.</summary>
internal interface IProgressDisplay
{
    /// <summary>Gets a value indicating whether the bars of items are shown here, and nowhere else.</summary>
    bool ShowsItems { get; }

    /// <summary>Shows a record; also after the call was stopped.</summary>
    void Write(ProgressRecord record);
}
