using System;
using System.Management.Automation;
using OrchestrationEngine.PowerShell.Runspaces;

namespace OrchestrationEngine.PowerShell.Jobs;

/// <summary>What is common to jobs when their state or their streams change, which runs code of whoever listens.</summary>
internal static class JobEvents
{
    private delegate void SetJobState(Job job, JobState state, Exception reason);

    // Not public, though a job without it cannot say why it failed.
    private static readonly SetJobState? SetWithReason = HiddenMembers.Method<SetJobState>(
        typeof(Job), nameof(SetJobState), typeof(JobState), typeof(Exception));

    /// <summary>Sets the state of a job together with the error that is the reason.</summary>
    /// <returns>False if PowerShell has no way to do so; then nothing happened.</returns>
    internal static bool TrySetState(Job job, JobState state, ErrorRecord reason)
    {
        if (SetWithReason is null || HiddenMembers.AreOff)
        {
            return false;
        }

        // One that knows the record: that of the script may not, and id and position are only there.
        var exception = new RuntimeException(reason.Exception.Message, reason.Exception, reason);
        Quietly(() => SetWithReason(job, state, exception));
        return true;
    }

    /// <summary>
    /// Changes a job. A subscriber that throws, and a job that was removed meanwhile, are no reason to end the others.
    /// </summary>
    internal static void Quietly(Action change)
    {
        try
        {
            change();
        }
        catch (Exception)
        {
            // Neither is ours, and nobody is there to be told.
        }
    }
}
