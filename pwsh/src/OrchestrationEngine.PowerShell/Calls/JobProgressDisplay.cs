using System.Management.Automation;
using OrchestrationEngine.PowerShell.Jobs;
using OrchestrationEngine.PowerShell.Reports;

namespace OrchestrationEngine.PowerShell.Calls;

/// <summary>
/// Shows the progress of a job in the job's own stream, where the newest record alone is kept: whoever looks wants to
/// know how far it is, and a job may run for days.
/// </summary>
internal sealed class JobProgressDisplay(Job job) : IProgressDisplay
{
    /// <inheritdoc/>
    public bool ShowsItems => false;

    /// <inheritdoc/>
    public void Write(ProgressRecord record) => JobEvents.Quietly(() =>
    {
        // In this order, so that there always is one. Somebody may receive them all meanwhile.
        job.Progress.Add(record);
        while (job.Progress.Count > 1)
        {
            job.Progress.RemoveAt(0);
        }
    });
}
