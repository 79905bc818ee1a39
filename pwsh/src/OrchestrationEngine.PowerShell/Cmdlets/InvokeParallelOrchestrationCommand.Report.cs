using System.Management.Automation;

namespace OrchestrationEngine.PowerShell.Cmdlets;

/// <content>What a call tells beside its output.</content>
public sealed partial class InvokeParallelOrchestrationCommand
{
    /// <summary>Gets or sets the name of a variable that gets the counters and bags of the call.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? StateVariable { get; set; }
}
