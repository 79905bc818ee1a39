using System.Management.Automation;
using OrchestrationEngine.PowerShell.Output;

namespace OrchestrationEngine.PowerShell.Jobs;

/// <summary>The streams of a job, a child or a parent, as one.</summary>
internal static class JobStreams
{
    /// <summary>Whether something is in them that was not received yet.</summary>
    internal static bool HaveMore(Job job) =>
        job.Output.Count > 0 || job.Error.Count > 0 || job.Warning.Count > 0 || job.Verbose.Count > 0
        || job.Debug.Count > 0 || job.Information.Count > 0 || job.Progress.Count > 0;

    /// <summary>Adds something to the stream that it belongs to.</summary>
    internal static void Put(Job job, OutputKind kind, object? value) => JobEvents.Quietly(() =>
    {
        if (kind == OutputKind.Output)
        {
            job.Output.Add(value is null ? null! : PSObject.AsPSObject(value));
        }
        else
        {
            _ = TryAdd(job.Error, value) || TryAdd(job.Warning, value) || TryAdd(job.Verbose, value)
                || TryAdd(job.Debug, value) || TryAdd(job.Information, value) || TryAdd(job.Progress, value);
        }
    });

    // By the stream's own method: that of IList tells subscribers of a wrong place when somebody else receives meanwhile.
    private static bool TryAdd<T>(PSDataCollection<T> stream, object? value)
    {
        if (value is not T record)
        {
            return false;
        }

        stream.Add(record);
        return true;
    }
}
