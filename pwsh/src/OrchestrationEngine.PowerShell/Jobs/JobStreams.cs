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
        switch (value)
        {
            case var output when kind == OutputKind.Output:
                job.Output.Add(output is null ? null! : PSObject.AsPSObject(output));
                break;
            case ErrorRecord error:
                job.Error.Add(error);
                break;
            case WarningRecord warning:
                job.Warning.Add(warning);
                break;
            case VerboseRecord verbose:
                job.Verbose.Add(verbose);
                break;
            case DebugRecord debug:
                job.Debug.Add(debug);
                break;
            case InformationRecord information:
                job.Information.Add(information);
                break;
            case ProgressRecord progress:
                job.Progress.Add(progress);
                break;
        }
    });
}
