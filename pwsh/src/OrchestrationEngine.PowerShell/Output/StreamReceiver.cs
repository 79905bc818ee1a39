using System.Management.Automation;
using OrchestrationEngine.Native;

namespace OrchestrationEngine.PowerShell.Output;

/// <summary>Writes what items give out to the streams of a cmdlet, as it comes.</summary>
internal sealed class StreamReceiver(Cmdlet cmdlet) : IItemReceiver
{
    /// <inheritdoc/>
    public void Receive(ItemSlot slot, OutputKind kind, object? value)
    {
        if (kind == OutputKind.Output)
        {
            cmdlet.WriteObject(value, enumerateCollection: false);
            return;
        }

        if (value is ErrorRecord error)
        {
            Errors.NameItem(error, slot.Index);
        }

        StreamRecord.Write(cmdlet, value);
    }

    /// <inheritdoc/>
    public void End(ItemSlot slot, in ItemEvent end)
    {
        if (end.Outcome == Outcome.TimedOut)
        {
            cmdlet.WriteError(Errors.ItemTimedOut(slot.Index, slot.Input, end.Duration));
        }
    }

    /// <inheritdoc/>
    public void Report(ErrorRecord error) => cmdlet.WriteError(error);
}
