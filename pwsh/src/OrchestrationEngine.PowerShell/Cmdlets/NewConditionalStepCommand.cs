using System.Collections;
using System.Collections.Specialized;
using System.Management.Automation;
using OrchestrationEngine.PowerShell.Playbooks;

namespace OrchestrationEngine.PowerShell.Cmdlets;

/// <summary>Makes a step that decides between others when it is reached.</summary>
[Cmdlet(VerbsCommon.New, "ConditionalStep")]
[OutputType(typeof(OrderedDictionary))]
public sealed class NewConditionalStepCommand : PlaybookStepCommand
{
    /// <summary>Gets or sets what decides.</summary>
    [Parameter(Mandatory = true, Position = 1)]
    [ValidateNotNullOrEmpty]
    public string Condition { get; set; } = string.Empty;

    /// <summary>Gets or sets the steps that run if it holds, one after the other.</summary>
    [Parameter]
    [ValidateNotNull]
    public IDictionary[] ThenSteps { get; set; } = [];

    /// <summary>Gets or sets the steps that run if it does not.</summary>
    [Parameter]
    [ValidateNotNull]
    public IDictionary[] ElseSteps { get; set; } = [];

    /// <inheritdoc/>
    private protected override void Describe(OrderedDictionary step)
    {
        step.Add("type", "condition");
        step.Add("condition", Condition);
        step.Add("then", ThenSteps);
        step.AddIfGiven("else", ElseSteps);
    }
}
