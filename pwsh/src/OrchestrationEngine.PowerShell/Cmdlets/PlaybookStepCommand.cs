using System.Collections.Specialized;
using System.Management.Automation;
using OrchestrationEngine.PowerShell.Playbooks;

namespace OrchestrationEngine.PowerShell.Cmdlets;

/// <summary>What the cmdlets that make steps have in common: nothing runs, and a table comes out.</summary>
public abstract class PlaybookStepCommand : PSCmdlet
{
    /// <summary>How many seconds a time may have.</summary>
    private protected const double MaximumSeconds = 2_147_483;

    /// <summary>Gets or sets the name of the step, by which others depend on it and results tell of it.</summary>
    [Parameter(Mandatory = true, Position = 0)]
    [ValidateNotNullOrEmpty]
    public string Name { get; set; } = string.Empty;

    /// <summary>Gets or sets what the step is for.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Description { get; set; }

    /// <summary>Gets or sets the names of the steps that have to succeed before, instead of all that stand before.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string[] DependsOn { get; set; } = [];

    /// <summary>Gets or sets how many seconds an attempt may take; 0 for no limit.</summary>
    [Parameter]
    [ValidateRange(0.0, MaximumSeconds)]
    [Alias("Timeout")]
    public double TimeoutSeconds { get; set; }

    /// <summary>Gets or sets a value indicating whether the playbook goes on if the step fails.</summary>
    [Parameter]
    public SwitchParameter ContinueOnError { get; set; }

    /// <summary>Gets or sets the group of the playbook's options whose limit the step is under.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Group { get; set; }

    /// <summary>Gets or sets what a person has to agree to before anything starts.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Approval { get; set; }

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        var step = StepTable.New();
        step.Add("name", Name);
        Describe(step);
        step.AddIfGiven("description", Description);
        step.AddIfGiven("dependsOn", DependsOn);
        step.AddIfGiven("timeoutSeconds", TimeoutSeconds);
        step.AddIfGiven("continueOnError", ContinueOnError.IsPresent);
        step.AddIfGiven("group", Group);
        step.AddIfGiven("approval", Approval);
        WriteObject(step);
    }

    /// <summary>Adds what makes the step what it is: its type, and what it does.</summary>
    private protected abstract void Describe(OrderedDictionary step);
}
