using System.Management.Automation;
using OrchestrationEngine.PowerShell.Runspaces;

#pragma warning disable CS0436 // PowerShell has a class of this name, too.

namespace OrchestrationEngine.ForEachObject;

/// <summary>Called by PowerShell when the assembly is imported.</summary>
public sealed class ModuleImport : IModuleAssemblyInitializer
{
    /// <summary>Tells the engine's cmdlets of the command, which they cannot name.</summary>
    public void OnImport() =>
        ForEachObjectProxy.CommandType = typeof(Microsoft.PowerShell.Commands.ForEachObjectCommand);
}
