using System.Management.Automation;
using OrchestrationEngine.PowerShell.Runspaces;

namespace OrchestrationEngine.PowerShell.Cmdlets;

/// <summary>Puts the module's engine behind ForEach-Object -Parallel, for scripts as they are.</summary>
[Cmdlet(VerbsLifecycle.Enable, "ParallelForEachObject")]
public sealed class EnableParallelForEachObjectCommand : PSCmdlet
{
    /// <summary>Gets or sets whether to refuse and to name errors exactly as PowerShell's own does.</summary>
    [Parameter]
    public SwitchParameter Strict { get; set; }

    /// <inheritdoc/>
    protected override void EndProcessing() => ForEachObjectProxy.Import(
        Strict ? ForEachObjectKind.Strict : ForEachObjectKind.Improved);
}
