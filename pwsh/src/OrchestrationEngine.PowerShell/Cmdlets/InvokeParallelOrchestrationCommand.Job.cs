using System.Management.Automation;

namespace OrchestrationEngine.PowerShell.Cmdlets;

/// <content>The call as a job in the background.</content>
[OutputType(typeof(OrchestrationJob))]
public sealed partial class InvokeParallelOrchestrationCommand
{
    /// <summary>Gets or sets whether the call runs in the background, as a job.</summary>
    [Parameter]
    public SwitchParameter AsJob { get; set; }

    /// <summary>Gets or sets the name of the job; implies that the call runs as one.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? JobName { get; set; }
}
