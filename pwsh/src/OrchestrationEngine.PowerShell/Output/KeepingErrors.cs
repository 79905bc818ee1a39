using System.Management.Automation;
using OrchestrationEngine.Native;

namespace OrchestrationEngine.PowerShell.Output;

/// <summary>The errors of runs that are kept.</summary>
internal static class KeepingErrors
{
    internal static ErrorRecord BeginsAndResumes() => Errors.Advise(
        new PSArgumentException("-RunName begins a run and -Resume goes on with one, so only one of them can be meant."),
        "RunNameAndResume",
        ErrorCategory.InvalidArgument,
        targetObject: null,
        "Leave one of them out.");

    internal static ErrorRecord NothingIsKept(string parameter) => Errors.Advise(
        new PSArgumentException(parameter == "Force"
            ? "-Force is for a run that goes on, and -Resume names none."
            : $"-{parameter} is for runs that are kept, and this one is not."),
        "RunNotKept",
        ErrorCategory.InvalidArgument,
        parameter,
        parameter == "Force" ? "Give -Resume, or leave it out." : "Give -RunName or -Resume, or leave it out.");

    /// <summary>A task says what becomes of it when its run goes on, which it never will.</summary>
    internal static ErrorRecord NeverResumed(string task, OnResume choice) => Errors.Advise(
        new PSArgumentException($"Task '{task}' has OnResume = '{choice}', but the run is not kept, so it never goes on."),
        "OnResumeNotKept",
        ErrorCategory.InvalidArgument,
        task,
        "Give the run a name with -RunName, by which -Resume finds it, or leave the key out.");

    /// <summary>The store refused a run before anything started.</summary>
    internal static ErrorRecord Refused(EngineException problem, string run)
    {
        var (what, advice) = Split(problem.Message);
        return Errors.Advise(
            new PSInvalidOperationException($"The run '{run}' was not begun: {what}.", problem),
            "RunRefused",
            ErrorCategory.ResourceUnavailable,
            run,
            $"{advice} -Resume goes on with a run that is there, and -Force says that changed tasks are meant.");
    }

    /// <summary>What is remembered could not be forgotten.</summary>
    internal static ErrorRecord CacheNotCleared(EngineException problem, string folder)
    {
        var (what, advice) = Split(problem.Message);
        return Errors.Advise(
            new PSInvalidOperationException($"The results of tasks in '{folder}' were not forgotten: {what}.", problem),
            "CacheNotCleared",
            ErrorCategory.ResourceUnavailable,
            folder,
            advice.Length > 0 ? advice : "Look at the folder, which OE_STATE names, and try again.");
    }

    /// <summary>The run could not be kept any longer, so nothing more was started.</summary>
    internal static ErrorRecord Lost(TaskRunSummary summary, string problem)
    {
        var (what, advice) = Split(problem);
        return Errors.Advise(
            new RuntimeException($"The run was stopped, because {what} {summary}"),
            "RunNotRecorded",
            ErrorCategory.WriteError,
            summary,
            $"{advice} Then go on with -Resume '{summary.RunId}': what was recorded is not run again.");
    }

    // The engine's texts end in its advice.
    private static (string What, string Advice) Split(string text)
    {
        var place = text.IndexOf("; ", System.StringComparison.Ordinal);
        return place < 0 ? (text, string.Empty) : (text[..place], text[(place + 2)..]);
    }
}
