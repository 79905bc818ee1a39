using System.Collections.Generic;
using System.Management.Automation;
using OrchestrationEngine.Native;
using OrchestrationEngine.PowerShell.Output;

namespace OrchestrationEngine.PowerShell.Calls;

/// <summary>Takes the references ([ref]) out of what items put out: what they refer to is new input.</summary>
internal sealed class RefillReceiver(IItemReceiver next, Queue<object?> inputs) : IItemReceiver
{
    /// <inheritdoc/>
    public void Receive(ItemSlot slot, OutputKind kind, object? value)
    {
        if (kind == OutputKind.Output && PlainValue.Of(value) is PSReference reference)
        {
            inputs.Enqueue(reference.Value);
        }
        else
        {
            next.Receive(slot, kind, value);
        }
    }

    /// <inheritdoc/>
    public void End(ItemSlot slot, in ItemEvent end) => next.End(slot, end);

    /// <inheritdoc/>
    public void Report(ErrorRecord error) => next.Report(error);
}
