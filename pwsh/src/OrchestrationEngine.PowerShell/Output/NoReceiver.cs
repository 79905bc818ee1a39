using System.Management.Automation;
using OrchestrationEngine.Native;

namespace OrchestrationEngine.PowerShell.Output;

/// <summary>Takes what nobody wants any more.</summary>
internal sealed class NoReceiver : IItemReceiver
{
    /// <inheritdoc/>
    public void Receive(ItemSlot slot, OutputKind kind, object? value)
    {
    }

    /// <inheritdoc/>
    public void End(ItemSlot slot, in ItemEvent end)
    {
    }

    /// <inheritdoc/>
    public void Report(ErrorRecord error)
    {
    }
}
