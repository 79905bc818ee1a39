using OrchestrationEngine.Native;
using OrchestrationEngine.PowerShell.Output;

namespace OrchestrationEngine.PowerShell.Runspaces;

/// <summary>Puts objects into the worker's outbox, and an event for each into the native queue behind it.</summary>
internal sealed class QueueOutput(Worker worker, Outbox outbox) : IWorkerOutput
{
    /// <inheritdoc/>
    public bool Put(ItemSlot slot, OutputKind kind, object? value)
    {
        outbox.Put(value);
        return worker.Emit(slot.Number, (ushort)kind);
    }

    /// <inheritdoc/>
    public bool End(ItemSlot slot, Outcome outcome) => worker.End(slot.Number, outcome);
}
