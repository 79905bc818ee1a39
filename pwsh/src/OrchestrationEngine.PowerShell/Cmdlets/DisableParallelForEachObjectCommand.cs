using System.Management.Automation;
using OrchestrationEngine.PowerShell.Runspaces;

namespace OrchestrationEngine.PowerShell.Cmdlets;

/// <summary>Gives ForEach-Object back as PowerShell has it.</summary>
[Cmdlet(VerbsLifecycle.Disable, "ParallelForEachObject")]
public sealed class DisableParallelForEachObjectCommand : PSCmdlet
{
    /// <inheritdoc/>
    protected override void EndProcessing() => ForEachObjectProxy.Remove();
}
