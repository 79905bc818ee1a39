using System;
using System.Collections;
using System.Management.Automation;
using OrchestrationEngine.Native;
using OrchestrationEngine.PowerShell.Calls;
using OrchestrationEngine.PowerShell.Completers;
using OrchestrationEngine.PowerShell.Output;
using OrchestrationEngine.PowerShell.Playbooks;
using OrchestrationEngine.PowerShell.Workflows;

namespace OrchestrationEngine.PowerShell.Cmdlets;

/// <summary>Runs a playbook to its end, or in the background.</summary>
[Cmdlet(VerbsLifecycle.Invoke, "PlaybookWorkflow", DefaultParameterSetName = ByName, SupportsShouldProcess = true)]
[OutputType(typeof(PlaybookWorkflow), typeof(OrchestrationJob))]
public sealed class InvokePlaybookWorkflowCommand : WorkflowCommand
{
    private const string ByName = "Name";
    private const string ByDefinition = "Definition";
    private const string ByPath = "Path";
    private const string ByResume = "Resume";

    /// <summary>Gets or sets the name of the playbook, as its file is called.</summary>
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = ByName)]
    [ValidateNotNullOrEmpty]
    [Alias("Name")]
    [ArgumentCompleter(typeof(PlaybookCompleter))]
    public string? PlaybookName { get; set; }

    /// <summary>Gets or sets the playbook itself, in place of a file: a table with steps.</summary>
    [Parameter(Mandatory = true, ValueFromPipeline = true, ParameterSetName = ByDefinition)]
    [ValidateNotNull]
    [Alias("Definition")]
    public IDictionary? PlaybookDefinition { get; set; }

    /// <summary>Gets or sets the path of the playbook's file.</summary>
    [Parameter(Mandatory = true, ParameterSetName = ByPath)]
    [ValidateNotNullOrEmpty]
    public string? Path { get; set; }

    /// <summary>
    /// Gets or sets the workflow that goes on, by its id or by the name of its playbook, which means the latest of it: steps that
    /// succeeded are not run again.
    /// </summary>
    [Parameter(Mandatory = true, ParameterSetName = ByResume)]
    [ValidateNotNullOrEmpty]
    public string? Resume { get; set; }

    /// <summary>Gets or sets what the playbook is told, by the names of its parameters.</summary>
    [Parameter]
    [ValidateNotNull]
    [Alias("Variables")]
    public IDictionary Parameters { get; set; } = new Hashtable();

    /// <summary>Gets or sets how steps follow each other that do not say so themselves.</summary>
    [Parameter(ParameterSetName = ByName)]
    [Parameter(ParameterSetName = ByDefinition)]
    [Parameter(ParameterSetName = ByPath)]
    [ValidateSet("sequential", "parallel", "conditional")]
    [Alias("Mode")]
    public string? ExecutionMode { get; set; }

    /// <summary>Gets or sets the environment that it runs in: dev, staging, prod, or one of the playbook's.</summary>
    [Parameter(ParameterSetName = ByName)]
    [Parameter(ParameterSetName = ByDefinition)]
    [Parameter(ParameterSetName = ByPath)]
    [ValidateNotNullOrEmpty]
    [Alias("Environment")]
    [ArgumentCompleter(typeof(EnvironmentContextCompleter))]
    public string? EnvironmentContext { get; set; }

    /// <summary>Gets or sets the profile of the playbook, which sets variables of it.</summary>
    [Parameter(ParameterSetName = ByName)]
    [Parameter(ParameterSetName = ByDefinition)]
    [Parameter(ParameterSetName = ByPath)]
    [ValidateNotNullOrEmpty]
    public string? Profile { get; set; }

    /// <summary>Gets or sets whether to say what would run, and to run nothing; -WhatIf means the same.</summary>
    [Parameter(ParameterSetName = ByName)]
    [Parameter(ParameterSetName = ByDefinition)]
    [Parameter(ParameterSetName = ByPath)]
    public SwitchParameter DryRun { get; set; }

    /// <summary>Gets or sets whether the failure of a step stops no other.</summary>
    [Parameter(ParameterSetName = ByName)]
    [Parameter(ParameterSetName = ByDefinition)]
    [Parameter(ParameterSetName = ByPath)]
    public SwitchParameter ContinueOnError { get; set; }

    /// <summary>Gets or sets the id of the workflow; one is made up if it is not given.</summary>
    [Parameter(ParameterSetName = ByName)]
    [Parameter(ParameterSetName = ByDefinition)]
    [Parameter(ParameterSetName = ByPath)]
    [ValidateNotNullOrEmpty]
    [Alias("Id")]
    public string? WorkflowId { get; set; }

    /// <summary>Gets or sets how many steps may run at once; 0 for what the playbook says.</summary>
    [Parameter(ParameterSetName = ByName)]
    [Parameter(ParameterSetName = ByDefinition)]
    [Parameter(ParameterSetName = ByPath)]
    [ValidateRange(0, Engine.WorkerLimit)]
    [Alias("MaxConcurrency")]
    [ArgumentCompleter(typeof(ThrottleLimitCompleter))]
    public int ThrottleLimit { get; set; }

    /// <summary>Gets or sets whether nothing of the workflow is kept: it cannot be resumed, or seen from elsewhere.</summary>
    [Parameter(ParameterSetName = ByName)]
    [Parameter(ParameterSetName = ByDefinition)]
    [Parameter(ParameterSetName = ByPath)]
    public SwitchParameter NoState { get; set; }

    /// <summary>Gets or sets whether a workflow goes on though its playbook is another than before.</summary>
    [Parameter(ParameterSetName = ByResume)]
    public SwitchParameter Force { get; set; }

    /// <summary>Gets or sets whether it runs in the background, as a job.</summary>
    [Parameter]
    public SwitchParameter AsJob { get; set; }

    /// <summary>Gets or sets the name of the job; implies that it runs as one.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? JobName { get; set; }

    /// <summary>Gets or sets whether it runs in the background: what is given changes while it runs.</summary>
    [Parameter]
    public SwitchParameter NoWait { get; set; }

    /// <summary>Gets or sets the file that tells as JUnit's XML what came of each step, however the workflow ends.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? JUnitPath { get; set; }

    /// <summary>
    /// Gets or sets what is called with each event of the workflow, a <see cref="PlaybookEvent"/>, on the thread of this cmdlet's
    /// pipeline while it waits. Its errors become one warning.
    /// </summary>
    [Parameter]
    [ValidateNotNull]
    public ScriptBlock? OnEvent { get; set; }

    /// <summary>Gets or sets whether steps that wait for the approval of a person have it.</summary>
    [Parameter]
    public SwitchParameter Approve { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        var isJob = AsJob || JobName is not null;
        if (isJob && NoWait)
        {
            ThrowTerminatingError(WorkflowErrors.JobAndNoWait());
        }

        if (OnEvent is not null && (isJob || NoWait))
        {
            ThrowTerminatingError(WorkflowErrors.OnEventWithoutWait());
        }

        var options = new PlaybookOptions(isJob, JobName, NoWait, OnEvent);
        CallErrors.ThrowFrom(this, () => Run(ReadRequest(), options, DryRun));
    }

    private PlaybookSource? ReadSource() => this switch
    {
        { PlaybookDefinition: { } definition } => PlaybookSource.Of(definition, Location),
        { Path: { } path } => PlaybookSource.Named(PlaybookFile.Find(this, path), Location),
        { PlaybookName: { } name } => PlaybookSource.Named(name, Location),
        _ => null,
    };

    private WorkflowRequest ReadRequest() => new()
    {
        Source = ReadSource(),
        Directory = Location,
        Parameters = Parameters,
        Environment = EnvironmentContext,
        Profile = Profile,
        Mode = ExecutionMode?.ToLowerInvariant(),
        ContinuesOnError = ContinueOnError,
        Limit = ThrottleLimit == 0 ? null : ThrottleLimit,
        Id = Resume ?? WorkflowId,
        State = NoState ? null : StatePath,
        Resumes = Resume is not null,
        AcceptsChanges = Force,
        IsApproved = Approve,
        JUnit = JUnitPath is null ? null : GetUnresolvedProviderPathFromPSPath(JUnitPath),
    };
}
