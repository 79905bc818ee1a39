using System.Management.Automation;

namespace OrchestrationEngine.PowerShell.Jobs;

/// <summary>What the states of jobs mean.</summary>
internal static class JobStates
{
    /// <summary>Whether a job has ended, or will never run. May be asked on any thread.</summary>
    internal static bool IsFinished(this Job job) => job.JobStateInfo.State is JobState.Completed or JobState.Failed or JobState.Stopped;
}
