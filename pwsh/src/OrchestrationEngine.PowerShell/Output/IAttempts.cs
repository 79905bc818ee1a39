using System.Management.Automation;
using OrchestrationEngine.Native;

namespace OrchestrationEngine.PowerShell.Output;

/// <summary>Decides whether an item whose attempt has ended gets another one.</summary>
internal interface IAttempts
{
    /// <summary>Plans another attempt, if there is to be one.</summary>
    /// <param name="slot">The item.</param>
    /// <param name="end">How its attempt ended.</param>
    /// <param name="failure">The error that ended it, if one did.</param>
    /// <returns>False if the end is the item's own.</returns>
    bool TryAgain(ItemSlot slot, in ItemEvent end, ErrorRecord? failure);
}
