using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using OrchestrationEngine.Native;
using OrchestrationEngine.PowerShell.Output;

namespace OrchestrationEngine.PowerShell.Workflows;

/// <summary>
/// Calls a script block with each event of a workflow, and then another follower. What the block puts out is dropped; its errors
/// become one warning and fail nothing. Used on the thread of the cmdlet's pipeline.
/// </summary>
/// <param name="cmdlet">In whose session the block is called.</param>
/// <param name="onEvent">The block; gets a <see cref="PlaybookEvent"/>.</param>
/// <param name="next">Who is told besides.</param>
internal sealed class EventFollower(PSCmdlet cmdlet, ScriptBlock onEvent, IWorkflowFollower next) : IWorkflowFollower
{
    // A break or continue without a loop of its own would end the caller's.
    private const string Call = "foreach ($once in 1) { & $args[0] $args[1] 2>&1 }";

    private readonly ScriptBlock _call = ScriptBlock.Create(Call);
    private PlaybookWorkflow? _workflow;
    private bool _hasWarned;

    /// <summary>Tells that the workflow is over.</summary>
    internal void End(PlaybookWorkflow workflow) => Raise(new PlaybookEvent(PlaybookEventKind.Over, workflow));

    /// <summary>Tells which workflow it is about.</summary>
    internal void Begin(PlaybookWorkflow workflow) => _workflow = workflow;

    /// <inheritdoc/>
    public void Start(string step)
    {
        Raise(new PlaybookEvent(PlaybookEventKind.Started, _workflow) { StepName = step });
        next.Start(step);
    }

    /// <inheritdoc/>
    public void Retry(string step, string message)
    {
        Raise(new PlaybookEvent(PlaybookEventKind.Retrying, _workflow) { StepName = step, Message = message });
        next.Retry(step, message);
    }

    /// <inheritdoc/>
    public void End(PlaybookStepResult step, IReadOnlyList<(OutputKind Kind, object? Value)> puts)
    {
        foreach (var (kind, value) in puts.Where(put => put.Kind is not (OutputKind.Failure or OutputKind.Started)))
        {
            Raise(new PlaybookEvent(PlaybookEventKind.Output, _workflow) { StepName = step.StepName, Stream = $"{kind}", Value = value });
        }

        Raise(new PlaybookEvent(PlaybookEventKind.Ended, _workflow) { StepName = step.StepName, Result = step });
        next.End(step, puts);
    }

    /// <inheritdoc/>
    public void Tell(WorkflowNotice notice)
    {
        Raise(new PlaybookEvent(PlaybookEventKind.Notice, _workflow) { Message = notice.ToString() });
        next.Tell(notice);
    }

    /// <inheritdoc/>
    public void Warn(string message)
    {
        Raise(new PlaybookEvent(PlaybookEventKind.Warning, _workflow) { Message = message });
        next.Warn(message);
    }

    /// <inheritdoc/>
    public void Tick(PlaybookWorkflow workflow) => next.Tick(workflow);

    private void Raise(PlaybookEvent happened)
    {
        var before = cmdlet.InvokeCommand.HasErrors;
        try
        {
            var found = cmdlet.InvokeCommand.InvokeScript(useLocalScope: true, _call, input: null, onEvent, happened);
            WarnOnce(found.Select(it => PlainValue.Of(it)).OfType<ErrorRecord>().FirstOrDefault());
        }
        catch (RuntimeException error) when (error is not PipelineStoppedException)
        {
            WarnOnce(error.ErrorRecord);
        }

        // $? is about the workflow.
        cmdlet.InvokeCommand.HasErrors = before;
    }

    private void WarnOnce(ErrorRecord? error)
    {
        if (error is not null && !_hasWarned)
        {
            _hasWarned = true;
            cmdlet.WriteWarning($"-OnEvent failed, and the workflow goes on: {error}. This is said once.");
        }
    }
}
