using System.Management.Automation;

namespace OrchestrationEngine.PowerShell.Cmdlets;

/// <content>What becomes an item.</content>
public sealed partial class InvokeParallelOrchestrationCommand
{
    /// <summary>Gets or sets how many inputs make one item; the block then finds an array of them in $_.</summary>
    [Parameter]
    [ValidateRange(1, int.MaxValue)]
    public int BatchSize { get; set; }

    /// <summary>
    /// Gets or sets what says of each input, which it finds in $_, whether it is an item. It runs in the session of
    /// the caller, one input after another.
    /// </summary>
    [Parameter]
    [ValidateNotNull]
    public ScriptBlock? Filter { get; set; }

    /// <summary>Gets or sets whether references ([ref]) that the block puts out are new input instead of output.</summary>
    [Parameter]
    public SwitchParameter Refill { get; set; }
}
