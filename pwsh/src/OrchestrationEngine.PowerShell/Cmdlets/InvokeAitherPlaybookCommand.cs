using System.Collections;
using System.Management.Automation;
using OrchestrationEngine.Native;
using OrchestrationEngine.PowerShell.Calls;
using OrchestrationEngine.PowerShell.Completers;
using OrchestrationEngine.PowerShell.Playbooks;
using OrchestrationEngine.PowerShell.Workflows;

namespace OrchestrationEngine.PowerShell.Cmdlets;

/// <summary>
/// Runs a playbook, by the name and with the parameters that AitherZero's scripts use. A cmdlet and no alias, since a function of
/// that name, which such a project has, goes before a cmdlet.
/// </summary>
[Cmdlet(VerbsLifecycle.Invoke, "AitherPlaybook", DefaultParameterSetName = ByName, SupportsShouldProcess = true)]
[OutputType(typeof(PlaybookWorkflow))]
public sealed class InvokeAitherPlaybookCommand : WorkflowCommand
{
    private const string ByName = "Name";
    private const string ByPlaybook = "Playbook";

    /// <summary>Gets or sets the name of the playbook, as its file is called.</summary>
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = ByName)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(PlaybookCompleter))]
    public string? Name { get; set; }

    /// <summary>Gets or sets the playbook itself, in place of a file.</summary>
    [Parameter(Mandatory = true, ParameterSetName = ByPlaybook)]
    [ValidateNotNull]
    public IDictionary? Playbook { get; set; }

    /// <summary>Gets or sets what the playbook is told, by the names of its parameters and variables.</summary>
    [Parameter]
    [ValidateNotNull]
    public IDictionary Variables { get; set; } = new Hashtable();

    /// <summary>Gets or sets whether to say what would run, and to run nothing; -WhatIf means the same.</summary>
    [Parameter]
    public SwitchParameter DryRun { get; set; }

    /// <summary>Gets or sets whether the failure of a step stops no other.</summary>
    [Parameter]
    public SwitchParameter ContinueOnError { get; set; }

    /// <summary>Gets or sets whether steps that do not say so themselves run at once; what the playbook says, if not given.</summary>
    [Parameter]
    public bool Parallel { get; set; }

    /// <summary>Gets or sets how many steps may run at once; 0 for what the playbook says.</summary>
    [Parameter]
    [ValidateRange(0, Engine.WorkerLimit)]
    [ArgumentCompleter(typeof(ThrottleLimitCompleter))]
    public int MaxConcurrency { get; set; }

    private string? Mode => !MyInvocation.BoundParameters.ContainsKey(nameof(Parallel)) ? null
        : Parallel ? "parallel"
        : "sequential";

    /// <inheritdoc/>
    protected override void EndProcessing() => CallErrors.ThrowFrom(this, () =>
    {
        var request = new WorkflowRequest
        {
            Source = Playbook is null ? PlaybookSource.Named(Name!, Location) : PlaybookSource.Of(Playbook, Location),
            Directory = Location,
            Parameters = Variables,
            Mode = Mode,
            ContinuesOnError = ContinueOnError,
            Limit = MaxConcurrency == 0 ? null : MaxConcurrency,
            State = StatePath,
        };
        Run(request, new PlaybookOptions(AsJob: false, JobName: null, NoWait: false), DryRun);
    });
}
