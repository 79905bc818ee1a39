using System.Management.Automation;
using OrchestrationEngine.Native;
using OrchestrationEngine.PowerShell.Output;

namespace OrchestrationEngine.PowerShell.Jobs;

/// <summary>
/// Puts what items give out into the streams of their child jobs, and their ends into the states. What workers run
/// beside their items belongs to the parent.
/// </summary>
internal sealed class ChildJobReceiver(OrchestrationJob job) : IItemReceiver
{
    private bool PassThru => job.Settings.PassThru;

    /// <inheritdoc/>
    public void Receive(ItemSlot slot, OutputKind kind, object? value)
    {
        switch (kind)
        {
            case OutputKind.Started:
                job.Allocate((int)value!);
                ChildOf(slot)?.Begin();
                break;
            case OutputKind.Output when PassThru:
                slot.Collect(value);
                break;
            case OutputKind.Error or OutputKind.Failure when value is ErrorRecord error:
                ReceiveError(slot, kind, error);
                break;
            default:
                Put(slot, kind, value);
                break;
        }
    }

    /// <inheritdoc/>
    public void End(ItemSlot slot, in ItemEvent end)
    {
        var child = ChildOf(slot);
        if (PassThru && (child is not null || slot.Output.Count > 0 || slot.Errors.Count > 0))
        {
            Put(slot, OutputKind.Output, ItemResult.Of(slot, end));
        }

        var (state, reason) = (ItemStatus)end.Outcome switch
        {
            ItemStatus.Succeeded => (JobState.Completed, null),
            ItemStatus.Failed => (JobState.Failed, slot.Errors.Count > 0 ? slot.Errors[^1] : null),
            ItemStatus.TimedOut => (JobState.Failed, Errors.ItemTimedOut(slot.Index, slot.Input, end.Duration)),
            _ => (JobState.Stopped, (ErrorRecord?)null),
        };
        // Receive-Job writes a reason as an error, and with PassThru the record has it.
        End(child, state, PassThru ? null : reason);
    }

    /// <inheritdoc/>
    public void Report(ErrorRecord error) => job.Report(error);

    /// <summary>Ends the items that were not even submitted, because the call was cut short.</summary>
    internal void EndRest()
    {
        foreach (var child in job.Children)
        {
            if (child.IsFinished())
            {
                continue;
            }

            if (PassThru)
            {
                JobStreams.Put(child, OutputKind.Output, ItemResult.OfUnstarted(child.Index, child.TakeInput()));
            }

            End(child, JobState.Stopped, reason: null);
        }
    }

    private void End(OrchestrationChildJob? child, JobState state, ErrorRecord? reason)
    {
        if (child is not null && !(job.Settings.LeavesUnstarted && child.JobStateInfo.State == JobState.NotStarted))
        {
            child.End(state, reason);
        }
    }

    private void ReceiveError(ItemSlot slot, OutputKind kind, ErrorRecord error)
    {
        Errors.NameItem(error, slot.Index);
        if (PassThru || (kind == OutputKind.Failure && ChildOf(slot) is not null))
        {
            slot.Collect(error);
        }
        else
        {
            Put(slot, kind, error);
        }
    }

    private void Put(ItemSlot slot, OutputKind kind, object? value) => JobStreams.Put((Job?)ChildOf(slot) ?? job, kind, value);

    private OrchestrationChildJob? ChildOf(ItemSlot slot) =>
        slot.Index == ItemSlot.NoIndex ? null : job.Children[(int)slot.Index];
}
