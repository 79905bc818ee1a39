using System.Collections.Generic;
using OrchestrationEngine.Native;
using OrchestrationEngine.PowerShell.Output;

namespace OrchestrationEngine.PowerShell.Workflows;

/// <summary>Takes what comes of a workflow, on the thread that follows it.</summary>
internal interface IWorkflowFollower
{
    /// <summary>An attempt at a step has begun.</summary>
    /// <param name="step">Its name.</param>
    void Start(string step);

    /// <summary>An attempt has failed, and another follows.</summary>
    /// <param name="step">The name of the step.</param>
    /// <param name="message">What happened.</param>
    void Retry(string step, string message);

    /// <summary>A step has ended.</summary>
    /// <param name="step">What came of it.</param>
    /// <param name="puts">What its last attempt put out, in that order, output included.</param>
    void End(PlaybookStepResult step, IReadOnlyList<(OutputKind Kind, object? Value)> puts);

    /// <summary>The playbook wants to have something told.</summary>
    /// <param name="notice">What, and where.</param>
    void Tell(WorkflowNotice notice);

    /// <summary>Something went wrong besides the steps.</summary>
    /// <param name="message">What, and what to do about it.</param>
    void Warn(string message);

    /// <summary>Some time has passed.</summary>
    /// <param name="workflow">How it stands.</param>
    void Tick(PlaybookWorkflow workflow);
}
