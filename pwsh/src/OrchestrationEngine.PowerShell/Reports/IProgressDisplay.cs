using System.Management.Automation;

namespace OrchestrationEngine.PowerShell.Reports;

/// <summary>Where somebody sees progress. Used on the thread that feeds the call.</summary>
internal interface IProgressDisplay
{
    /// <summary>Shows a record; also after the call was stopped.</summary>
    void Write(ProgressRecord record);
}
