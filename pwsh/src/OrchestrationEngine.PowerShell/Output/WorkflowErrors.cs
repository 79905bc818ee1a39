using System;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using OrchestrationEngine.Native;
using OrchestrationEngine.PowerShell.Workflows;

namespace OrchestrationEngine.PowerShell.Output;

/// <summary>The errors of workflows.</summary>
internal static class WorkflowErrors
{
    /// <summary>Why a step failed, where only the engine knows; null if it does not, either.</summary>
    internal static ErrorRecord? OfStep(WorkflowStep step)
    {
        var message = step.Error ?? (step.Status == TaskState.TimedOut ? "It ran longer than it may." : null);
        return message is null
            ? null
            : new ErrorRecord(new RuntimeException(message), "StepNotDone", ErrorCategory.OperationStopped, step.StepName);
    }

    /// <summary>A step that did not do what it was to do.</summary>
    internal static ErrorRecord StepFailed(PlaybookStepResult step) => Errors.Advise(
        new RuntimeException($"Step '{step.StepName}' {Ended(step)}", step.Error?.Exception, step.Error),
        $"Step{step.Status}",
        ErrorCategory.OperationStopped,
        step.StepName,
        step.Status == PlaybookStepStatus.TimedOut
            ? "Raise its timeout, or make the step faster."
            : "The step's result has the Error with its place in the script, and the Errors before it.");

    /// <summary>What is wrong with a workflow as a whole.</summary>
    internal static IEnumerable<ErrorRecord> Of(WorkflowOutcome outcome)
    {
        if (outcome.Error is { } problem)
        {
            yield return Errors.Advise(
                new RuntimeException($"The workflow was stopped, because {problem}"),
                "WorkflowNotRecorded",
                ErrorCategory.WriteError,
                outcome.WorkflowId,
                $"See to that, then go on with Resume-PlaybookWorkflow '{outcome.WorkflowId}': what was recorded is not run again.");
        }

        foreach (var unmet in outcome.Unmet)
        {
            yield return Errors.Advise(
                new RuntimeException($"What the playbook calls a success was not reached: {unmet}."),
                "CriteriaNotMet",
                ErrorCategory.InvalidResult,
                outcome.WorkflowId,
                "Look at the Results of the workflow, or at the playbook's SuccessCriteria and postConditions.");
        }
    }

    /// <summary>A workflow that went to its end, although steps failed whose failure the playbook tolerates.</summary>
    internal static string Tolerated(PlaybookWorkflow workflow) =>
        $"The playbook '{workflow.PlaybookName}' completed, although steps failed whose failure it tolerates: "
        + $"{workflow.Error?.Exception.Message ?? "see its Results."} {Counts(workflow)}";

    /// <summary>A workflow that failed, or was stopped; its target is the result.</summary>
    internal static ErrorRecord Failed(PlaybookWorkflow workflow)
    {
        var isStopped = workflow.Status == RunStatus.Stopped;
        var root = workflow.Error;
        var why = root is null ? $"{workflow.Reason ?? "a step did not succeed"}." : root.Exception.Message;
        var ended = isStopped ? "was stopped" : "failed";
        return Errors.Advise(
            new RuntimeException(
                isStopped && root is null
                    ? $"The playbook '{workflow.PlaybookName}' was stopped. {Counts(workflow)}"
                    : $"The playbook '{workflow.PlaybookName}' {ended}: {why} {Counts(workflow)}",
                root?.Exception,
                root),
            isStopped ? "WorkflowStopped" : "WorkflowFailed",
            ErrorCategory.OperationStopped,
            workflow,
            $"The result's Results and Errors say more. Resume-PlaybookWorkflow '{workflow.WorkflowId}' goes on with what did not succeed.");
    }

    /// <summary>A playbook that cannot be used.</summary>
    internal static ErrorRecord PlaybookRefused(IEnumerable<PlaybookDiagnostic> errors, WorkflowRequest request) =>
        PlaybookRefused(string.Join("\n", errors), request, reason: null);

    /// <summary>Why the engine did not begin a workflow; null if that is about something else.</summary>
    internal static ErrorRecord? Refused(EngineException problem, WorkflowRequest request) => problem.Status switch
    {
        EngineStatus.Playbook => PlaybookRefused(problem.Message, request, problem),
        EngineStatus.InvalidArgument => Errors.Advise(
            new ItemNotFoundException($"The playbook cannot be used: {problem.Message}", problem),
            "PlaybookNotFound",
            ErrorCategory.ObjectNotFound,
            request.Title,
            "Get-Playbook lists the playbooks; -Path takes the path of a file."),
        EngineStatus.Store => Errors.Advise(
            new PSInvalidOperationException($"The workflow was not begun: {problem.Message}", problem),
            "WorkflowRefused",
            ErrorCategory.ResourceUnavailable,
            request.Title,
            "Get-PlaybookStatus lists the workflows that are kept. -NoState begins one that is not."),
        _ => null,
    };

    internal static ErrorRecord NotFound(string id, EngineException problem) => Errors.Advise(
        new ItemNotFoundException($"There is no workflow '{id}' in this session, and none that is kept: {problem.Message}", problem),
        "WorkflowNotFound",
        ErrorCategory.ObjectNotFound,
        id,
        "Get-PlaybookStatus without -WorkflowId lists those that there are. OE_STATE names the folder in which they are kept.");

    internal static ErrorRecord StoreUnreadable(EngineException problem) => Errors.Advise(
        new PSInvalidOperationException($"The workflows that are kept cannot be read: {problem.Message}", problem),
        "WorkflowsUnreadable",
        ErrorCategory.ReadError,
        targetObject: null,
        "Look at the folder, which OE_STATE names, and try again.");

    internal static ErrorRecord JobAndNoWait() => Errors.Advise(
        new PSArgumentException("-AsJob and -NoWait both start the workflow in the background, each with an output of its own."),
        "AsJobAndNoWait",
        ErrorCategory.InvalidArgument,
        targetObject: null,
        "Leave one of them out: -AsJob gives a job, -NoWait the workflow itself.");

    internal static ErrorRecord OnEventWithoutWait() => Errors.Advise(
        new PSArgumentException("-OnEvent is called while the cmdlet waits, which it does not with -AsJob and -NoWait."),
        "OnEventWithoutWait",
        ErrorCategory.InvalidArgument,
        targetObject: null,
        "Leave -AsJob and -NoWait out, or read the log of the workflow: <id>.jsonl has an object for each event.");

    /// <summary>Nothing of a playbook is run whose modules are not there.</summary>
    internal static ErrorRecord ModulesMissing(string[] names) => Errors.Advise(
        new ItemNotFoundException($"The playbook needs modules that are not there: {string.Join(", ", names)}."),
        "PlaybookModulesMissing",
        ErrorCategory.ResourceUnavailable,
        names,
        "Install them, or name their folder in the playbook's Options.ModulePath.");

    internal static ErrorRecord PathUnusable(string path, Exception reason) => Errors.Advise(
        new PSArgumentException($"The playbook '{path}' cannot be read: {reason.Message}", reason),
        "PlaybookPathUnusable",
        ErrorCategory.InvalidArgument,
        path,
        "Give the path of a .psd1, .json or .yaml file.");

    private static ErrorRecord PlaybookRefused(string problems, WorkflowRequest request, Exception? reason) => Errors.Advise(
        new PSArgumentException($"The playbook '{request.Title}' cannot be used, and nothing was started.\n{problems}", reason),
        "PlaybookRefused",
        ErrorCategory.InvalidArgument,
        request.Title,
        "Correct what each line names. Test-PlaybookDefinition says the same without starting anything.");

    private static string Ended(PlaybookStepResult step) => step.Status == PlaybookStepStatus.TimedOut
        ? $"was stopped after {step.Duration.TotalSeconds:0.###} s because it ran longer than it may."
        : $"failed: {step.Error?.Exception.Message ?? "it did not say why."}";

    private static string Counts(PlaybookWorkflow workflow)
    {
        var results = workflow.Results.Where(step => !step.IsGroup).ToList();
        return $"({results.Count(step => step.Success)} of {workflow.TotalSteps} steps succeeded)";
    }
}
