using System.Management.Automation;
using OrchestrationEngine.PowerShell.Playbooks;
using OrchestrationEngine.PowerShell.Runspaces;

namespace OrchestrationEngine.PowerShell.Cmdlets;

/// <summary>Called by PowerShell when a module that has this assembly is removed.</summary>
public sealed class ModuleCleanup : IModuleAssemblyCleanup
{
    /// <summary>Takes away the module's ForEach-Object, and the types of steps, together with the cmdlets that they came with.</summary>
    /// <param name="psModuleInfo">The module that is being removed.</param>
    public void OnRemove(PSModuleInfo psModuleInfo)
    {
        ForEachObjectProxy.Remove();
        StepTypes.Clear();
    }
}
