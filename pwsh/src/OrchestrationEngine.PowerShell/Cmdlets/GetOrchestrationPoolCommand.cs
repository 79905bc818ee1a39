using System.Management.Automation;
using OrchestrationEngine.PowerShell.Runspaces;

namespace OrchestrationEngine.PowerShell.Cmdlets;

/// <summary>Shows the workers, their warm runspaces, and what they did.</summary>
[Cmdlet(VerbsCommon.Get, "OrchestrationPool")]
[OutputType(typeof(PoolInfo))]
public sealed class GetOrchestrationPoolCommand : PSCmdlet
{
    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        foreach (var pool in ScriptPool.All())
        {
            if (pool.Describe() is { } info)
            {
                WriteObject(info);
            }
        }
    }
}
