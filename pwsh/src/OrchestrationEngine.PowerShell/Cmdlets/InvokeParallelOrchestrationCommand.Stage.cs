using System.Management.Automation;
using OrchestrationEngine.PowerShell.Output;

namespace OrchestrationEngine.PowerShell.Cmdlets;

/// <content>What each worker runs beside its items, and the block that gives the input.</content>
public sealed partial class InvokeParallelOrchestrationCommand
{
    /// <summary>Gets or sets what each worker runs before its first item; its items see the variables that it sets.</summary>
    [Parameter]
    [ValidateNotNull]
    public ScriptBlock? Begin { get; set; }

    /// <summary>Gets or sets what each worker runs after its last item, in the scope of -Begin.</summary>
    [Parameter]
    [ValidateNotNull]
    public ScriptBlock? End { get; set; }

    /// <summary>Gets or sets what each worker runs at last, with the variables of -Begin; also if it was stopped.</summary>
    [Parameter]
    [ValidateNotNull]
    public ScriptBlock? Finally { get; set; }

    /// <summary>
    /// Gets or sets whether the block is one stage of a pipeline for all items of a worker: begin and end run once a
    /// worker, and variables keep their values from item to item.
    /// </summary>
    [Parameter]
    public SwitchParameter Stateful { get; set; }

    /// <summary>Gets or sets what gives the input; a worker runs it, so that it does not hold the output up.</summary>
    [Parameter]
    [ValidateNotNull]
    public ScriptBlock? InputScript { get; set; }

    private void RefuseTwoInputs()
    {
        var isGiven = MyInvocation.ExpectingInput || MyInvocation.BoundParameters.ContainsKey(nameof(InputObject));
        if (InputScript is not null && isGiven)
        {
            ThrowTerminatingError(StageErrors.TwoInputs());
        }
    }
}
