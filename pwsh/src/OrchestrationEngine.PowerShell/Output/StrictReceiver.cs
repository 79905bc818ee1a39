using System.Management.Automation;
using OrchestrationEngine.Native;

namespace OrchestrationEngine.PowerShell.Output;

/// <summary>
/// Writes what items give out to the streams of a cmdlet as PowerShell's own ForEach-Object -Parallel does: without a
/// word on items that were never started.
/// </summary>
internal sealed class StrictReceiver(Cmdlet cmdlet) : IItemReceiver
{
    /// <inheritdoc/>
    public void Receive(ItemSlot slot, OutputKind kind, object? value)
    {
        if (kind == OutputKind.Output)
        {
            cmdlet.WriteObject(value, enumerateCollection: false);
        }
        else
        {
            StreamRecord.Write(cmdlet, value);
        }
    }

    /// <inheritdoc/>
    public void End(ItemSlot slot, in ItemEvent end)
    {
        if (end.Outcome == Outcome.TimedOut)
        {
            StreamRecord.Write(cmdlet, StrictErrors.ItemStopped(slot.Input));
        }
    }

    /// <inheritdoc/>
    public void Report(ErrorRecord error) => cmdlet.WriteError(error);
}
