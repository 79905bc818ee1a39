using System;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using OrchestrationEngine.Native;
using OrchestrationEngine.PowerShell.Output;
using OrchestrationEngine.PowerShell.Reports;

namespace OrchestrationEngine.PowerShell.Workflows;

/// <summary>
/// Shows what comes of a workflow's steps through a cmdlet, each step in one piece when it ends: a line that says how, what it put
/// out, and its records in their streams. Used on the thread of the cmdlet's pipeline.
/// </summary>
internal sealed class WorkflowWriter(PSCmdlet cmdlet, IProgressDisplay? display) : IWorkflowFollower, IDisposable
{
    private const string Activity = "Invoke-PlaybookWorkflow";
    private const string Format = "$args[0] | Microsoft.PowerShell.Utility\\Out-String -Width 4096";

    private readonly List<string> _running = [];
    private readonly bool _stopsAtErrors = StopsAtErrors(cmdlet);
    private readonly int _bar = ItemBars.NextId();
    private ScriptBlock? _format;
    private bool _isShown;

    /// <inheritdoc/>
    public void Start(string step)
    {
        _running.Add(step);
    }

    /// <inheritdoc/>
    public void Retry(string step, string message)
    {
        _running.Remove(step);
        cmdlet.WriteVerbose(message);
    }

    /// <inheritdoc/>
    public void End(PlaybookStepResult step, IReadOnlyList<(OutputKind Kind, object? Value)> puts)
    {
        _running.Remove(step.StepName);
        if (StepText.HeadingOf(step) is { } heading)
        {
            Say(heading);
        }

        PutAll(puts);
        foreach (var line in StepOutput.LinesOf(step.ErrorOutput))
        {
            Say($"    ! {line}");
        }
    }

    /// <inheritdoc/>
    public void Tell(WorkflowNotice notice)
    {
        if (notice.IsForConsole)
        {
            Say(notice.ToString());
        }
    }

    /// <inheritdoc/>
    public void Warn(string message) => cmdlet.WriteWarning(message);

    /// <inheritdoc/>
    public void Tick(PlaybookWorkflow workflow)
    {
        if (display is null)
        {
            return;
        }

        _isShown = true;
        display.Write(BarOf(workflow));
    }

    /// <summary>Takes the bar away.</summary>
    public void Dispose()
    {
        if (_isShown)
        {
            _isShown = false;
            display!.Write(new ProgressRecord(_bar, Activity, "Done") { RecordType = ProgressRecordType.Completed });
        }
    }

    private ProgressRecord BarOf(PlaybookWorkflow workflow)
    {
        var done = workflow.Results.Count(step => !step.IsGroup);
        var status = $"{done} of {workflow.TotalSteps} steps" + (_running.Count == 0 ? string.Empty : $": {string.Join(", ", _running)}");
        return new ProgressRecord(_bar, $"{Activity} {workflow.PlaybookName}", status)
        {
            PercentComplete = workflow.TotalSteps == 0 ? 0 : Math.Min(100, done * 100 / workflow.TotalSteps),
        };
    }

    // What a step puts out one after the other is laid out as one: objects of a kind make one table.
    private void PutAll(IReadOnlyList<(OutputKind Kind, object? Value)> puts)
    {
        List<object?> output = [];
        foreach (var (kind, value) in puts)
        {
            if (kind == OutputKind.Output)
            {
                output.Add(PlainValue.Of(value) is string text ? text : value);
                continue;
            }

            PutOutput(output);
            output.Clear();
            Put(kind, value);
        }

        PutOutput(output);
    }

    private void PutOutput(List<object?> output)
    {
        foreach (var line in StepOutput.LinesOf(TextOf(output)))
        {
            Say($"    | {line}");
        }
    }

    private void Put(OutputKind kind, object? value)
    {
        switch (kind)
        {
            case OutputKind.Error:
                WriteError((ErrorRecord)value!);
                break;
            case OutputKind.Failure or OutputKind.Started:
                break;
            default:
                StreamRecord.Write(cmdlet, value);
                break;
        }
    }

    // What a step went on after fails neither the step nor the workflow: it must not end the pipeline, and $? is about the
    // workflow. Once an error has ended a pipeline, nothing can be written to it any more.
    private void WriteError(ErrorRecord error)
    {
        if (_stopsAtErrors)
        {
            Say($"    ! {error}");
            return;
        }

        var before = cmdlet.InvokeCommand.HasErrors;
        StreamRecord.Write(cmdlet, error);
        cmdlet.InvokeCommand.HasErrors = before;
    }

    private static bool StopsAtErrors(PSCmdlet cmdlet)
    {
        var preference = cmdlet.MyInvocation.BoundParameters.TryGetValue("ErrorAction", out var given)
            ? given
            : cmdlet.GetVariableValue("ErrorActionPreference");
        return LanguagePrimitives.TryConvertTo(preference, out ActionPreference action) && action == ActionPreference.Stop;
    }

    private string TextOf(List<object?> output)
    {
        if (output.All(value => value is null or string))
        {
            return string.Join("\n", output);
        }

        _format ??= ScriptBlock.Create(Format);
        var found = cmdlet.InvokeCommand.InvokeScript(useLocalScope: true, _format, input: null, output);
        return string.Concat(found).Trim('\r', '\n');
    }

    // As Write-Host does it: shown, and yet a record that can be redirected.
    private void Say(string text)
    {
        var message = new HostInformationMessage { Message = text, NoNewLine = false };
        cmdlet.WriteInformation(message, ["PSHOST"]);
    }
}
