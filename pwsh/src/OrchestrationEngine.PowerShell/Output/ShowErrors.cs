using System.Management.Automation;
using OrchestrationEngine.Native;

namespace OrchestrationEngine.PowerShell.Output;

/// <summary>The errors of drawings of runs.</summary>
internal static class ShowErrors
{
    internal static ErrorRecord NotARun(object? given) => Errors.Advise(
        new PSArgumentException(given is OrchestrationJob
            ? "The job is none of tasks, or has not ended, so there is no run to show."
            : $"An object of the type {given?.GetType().Name} is no run."),
        "NotARun",
        ErrorCategory.InvalidArgument,
        given,
        "Give what -SummaryVariable got, a job of tasks that has ended, or the id or name of a run that is kept.");

    internal static ErrorRecord NoRun(EngineException problem, object run) => Errors.Advise(
        new ItemNotFoundException($"The run '{run}' cannot be shown: {problem.Message}", problem),
        "RunNotFound",
        ErrorCategory.ObjectNotFound,
        run,
        "Runs are kept with -RunName, in the folder that OE_STATE names or in orchestration/state below the root of the project.");
}
