using System.Management.Automation;
using OrchestrationEngine.Native;
using OrchestrationEngine.PowerShell.Output;

namespace OrchestrationEngine.PowerShell.Runspaces;

/// <summary>The way by which a worker tells a call what comes of its items. Used on the worker's thread.</summary>
internal interface IWorkerOutput
{
    /// <summary>Puts something out; may wait while the caller is behind.</summary>
    /// <returns>False if the worker was given up: the rest of the item is of no use.</returns>
    bool Put(ItemSlot slot, OutputKind kind, object? value);

    /// <summary>Says how an item ends that was left by exit, break or continue.</summary>
    Outcome OutcomeOf(ItemSlot slot, FlowControlException left) => Outcome.Succeeded;

    /// <summary>Ends an item.</summary>
    /// <returns>False if the worker was given up.</returns>
    bool End(ItemSlot slot, Outcome outcome);
}
