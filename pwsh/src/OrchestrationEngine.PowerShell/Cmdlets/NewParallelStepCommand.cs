using System.Collections;
using System.Collections.Specialized;
using System.Management.Automation;
using OrchestrationEngine.Native;
using OrchestrationEngine.PowerShell.Playbooks;

namespace OrchestrationEngine.PowerShell.Cmdlets;

/// <summary>Makes a step that runs others beside each other.</summary>
[Cmdlet(VerbsCommon.New, "ParallelStep")]
[OutputType(typeof(OrderedDictionary))]
public sealed class NewParallelStepCommand : PlaybookStepCommand
{
    /// <summary>Gets or sets the steps that run beside each other.</summary>
    [Parameter(Position = 1)]
    [ValidateNotNull]
    public IDictionary[] ParallelSteps { get; set; } = [];

    /// <summary>Gets or sets how many of them run at once; 0 for as many as the playbook runs.</summary>
    [Parameter]
    [ValidateRange(0, Engine.WorkerLimit)]
    public int ThrottleLimit { get; set; }

    /// <summary>Gets or sets when they run.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Condition { get; set; }

    /// <inheritdoc/>
    private protected override void Describe(OrderedDictionary step)
    {
        step.Add("type", "parallel");
        step.AddIfGiven("condition", Condition);
        step.Add("parallel", ParallelSteps);
        step.AddIfGiven("throttleLimit", ThrottleLimit);
    }
}
