using System.Management.Automation;
using OrchestrationEngine.Native;

namespace OrchestrationEngine.PowerShell.Output;

/// <summary>
/// Where what items give out goes. Told in the order in which it is to be seen, on the thread that feeds the call; an
/// exception ends the call.
/// </summary>
internal interface IItemReceiver
{
    /// <summary>Takes one output, or one record of another stream.</summary>
    void Receive(ItemSlot slot, OutputKind kind, object? value);

    /// <summary>Takes note that an item has ended; its slot is used for another one afterwards.</summary>
    void End(ItemSlot slot, in ItemEvent end);

    /// <summary>Takes an error of the call itself after which it goes on.</summary>
    void Report(ErrorRecord error);
}
