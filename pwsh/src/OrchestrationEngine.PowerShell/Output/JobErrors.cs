using System;
using System.Management.Automation;

namespace OrchestrationEngine.PowerShell.Output;

/// <summary>The errors of calls that run as jobs.</summary>
internal static class JobErrors
{
    /// <summary>An item or a value is an instance of a class whose methods run in the caller's session only.</summary>
    /// <param name="what">What it is, at the beginning of a sentence.</param>
    /// <param name="target">The item, or the text of the expression.</param>
    internal static ErrorRecord NeedsNoRunspaceAffinity(string what, object? target) => Errors.Advise(
        new PSInvalidOperationException(
            $"{what} is or holds an instance of a PowerShell class without the attribute [NoRunspaceAffinity()]. Its "
            + "methods run in this session only, which does not answer while it waits for a job."),
        "JobNeedsNoRunspaceAffinity",
        ErrorCategory.InvalidArgument,
        target,
        "Write [NoRunspaceAffinity()] before the class if its methods may run on any thread, or leave -AsJob out.");

    /// <summary>A parameter needs the caller's session while items run.</summary>
    internal static ErrorRecord NotForJobs(string parameter) => Errors.Advise(
        new PSArgumentException($"-{parameter} cannot be used with -AsJob: it takes part in the call while items run."),
        "ParameterNotForJobs",
        ErrorCategory.InvalidArgument,
        parameter,
        $"Leave -{parameter} or -AsJob out.");

    /// <summary>What came of a run as a whole is known when nobody could set a variable any more.</summary>
    internal static ErrorRecord SummaryIsOfJob() => Errors.Advise(
        new PSArgumentException("-SummaryVariable cannot be used with -AsJob: the summary is there when the job has ended."),
        "ParameterNotForJobs",
        ErrorCategory.InvalidArgument,
        "SummaryVariable",
        "Leave it out, and read the property Summary of the job.");

    /// <summary>The thread of a job has failed, and with it the job.</summary>
    internal static ErrorRecord JobBroken(Exception reason) => new(
        new PSInvalidOperationException($"The job ended by a failure of its own: {reason.Message}", reason),
        "JobBroken",
        ErrorCategory.InvalidResult,
        targetObject: null);
}
