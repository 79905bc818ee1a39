using System.Management.Automation;
using OrchestrationEngine.PowerShell.Runspaces;

namespace OrchestrationEngine.PowerShell.Cmdlets;

/// <summary>Drops the runspaces that are kept warm and not in use.</summary>
[Cmdlet(VerbsCommon.Clear, "OrchestrationPool", SupportsShouldProcess = true)]
public sealed class ClearOrchestrationPoolCommand : PSCmdlet
{
    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        foreach (var pool in ScriptPool.All())
        {
            if (ShouldProcess($"{pool.Recipe.Mode} pool", "Close warm runspaces"))
            {
                pool.Trim();
            }
        }
    }
}
