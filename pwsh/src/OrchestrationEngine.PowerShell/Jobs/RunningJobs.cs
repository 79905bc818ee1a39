using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Management.Automation.Runspaces;
using OrchestrationEngine.PowerShell.Runspaces;

namespace OrchestrationEngine.PowerShell.Jobs;

/// <summary>
/// The jobs that run in this process. They end before the session of the process does: PowerShell closes all open
/// runspaces then and waits for what runs in them, which may be a call of .NET that takes for ever.
/// </summary>
internal static class RunningJobs
{
    /// <summary>How long the session's end waits for the jobs' at most.</summary>
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(2);

    private static readonly HashSet<OrchestrationJob> Jobs = [];
    private static bool _isWatching;

    /// <summary>Takes note of a job that is started on the calling thread.</summary>
    internal static void Add(OrchestrationJob job)
    {
        lock (Jobs)
        {
            Jobs.Add(job);
            if (!_isWatching && FindSession() is { } session)
            {
                _isWatching = true;
                session.StateChanged += StopAllAtEnd;
            }
        }
    }

    internal static void Remove(OrchestrationJob job)
    {
        lock (Jobs)
        {
            Jobs.Remove(job);
        }
    }

    // The session whose end is that of the process is not public. Most of the time it is the one that makes the first job.
    private static Runspace? FindSession() =>
        typeof(Runspace).GetProperty("PrimaryRunspace", HiddenMembers.OfTypes)?.GetValue(null) as Runspace
        ?? Runspace.DefaultRunspace;

    private static void StopAllAtEnd(object? sender, RunspaceStateEventArgs change)
    {
        if (change.RunspaceStateInfo.State != RunspaceState.Closing)
        {
            return;
        }

        OrchestrationJob[] jobs;
        lock (Jobs)
        {
            jobs = [.. Jobs];
        }

        foreach (var job in jobs)
        {
            job.RequestStop();
        }

        var watch = Stopwatch.StartNew();
        foreach (var job in jobs)
        {
            var left = StopLimit - watch.Elapsed;
            job.Finished.WaitOne(left > TimeSpan.Zero ? left : TimeSpan.Zero);
        }
    }
}
