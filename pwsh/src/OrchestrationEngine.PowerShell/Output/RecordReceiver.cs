using System.Management.Automation;
using OrchestrationEngine.Native;

namespace OrchestrationEngine.PowerShell.Output;

/// <summary>
/// Collects the output and the errors of each item into one record, and writes that when the item ends. Records of
/// the other streams are written as they come.
/// </summary>
internal sealed class RecordReceiver(Cmdlet cmdlet) : IItemReceiver
{
    /// <inheritdoc/>
    public void Receive(ItemSlot slot, OutputKind kind, object? value)
    {
        switch (value)
        {
            case var output when kind == OutputKind.Output:
                slot.Collect(output);
                break;
            case ErrorRecord error:
                Errors.NameItem(error, slot.Index);
                slot.Collect(error);
                break;
            default:
                StreamRecord.Write(cmdlet, value);
                break;
        }
    }

    /// <inheritdoc/>
    public void End(ItemSlot slot, in ItemEvent end)
    {
        // A worker's -Begin and -End are no items: their record is there for what they put out.
        if (slot.Index == ItemSlot.NoIndex && slot.Output.Count == 0 && slot.Errors.Count == 0)
        {
            return;
        }

        cmdlet.WriteObject(ItemResult.Of(slot, end));
    }

    /// <inheritdoc/>
    public void Report(ErrorRecord error) => cmdlet.WriteError(error);
}
