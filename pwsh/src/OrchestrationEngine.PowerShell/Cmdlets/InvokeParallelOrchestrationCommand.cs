using System;
using System.Management.Automation;
using OrchestrationEngine.Native;
using OrchestrationEngine.PowerShell.Calls;
using OrchestrationEngine.PowerShell.Completers;
using OrchestrationEngine.PowerShell.Runspaces;

namespace OrchestrationEngine.PowerShell.Cmdlets;

/// <summary>Runs a script block for each input object, several at a time.</summary>
[Cmdlet(VerbsLifecycle.Invoke, "ParallelOrchestration", DefaultParameterSetName = ItemsParameterSet)]
[OutputType(typeof(PSObject), typeof(ItemResult), typeof(TaskResult))]
public sealed partial class InvokeParallelOrchestrationCommand : PSCmdlet, IDisposable
{
    // What ForEach-Object -Parallel accepts: the milliseconds must fit into 31 bits.
    private const double MaximumSeconds = int.MaxValue / 1000;

    private const string ItemsParameterSet = "Items";
    private const string TasksParameterSet = "Tasks";

    private readonly CmdletCall _call;

    /// <summary>Initializes a new instance of the <see cref="InvokeParallelOrchestrationCommand"/> class.</summary>
    public InvokeParallelOrchestrationCommand() => _call = new CmdletCall(this);

    /// <summary>Gets or sets what runs for each item, which it finds in $_.</summary>
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = ItemsParameterSet)]
    [ValidateNotNull]
    public ScriptBlock ScriptBlock { get; set; } = null!;

    /// <summary>Gets or sets the item; without pipeline input the block runs once, with $null.</summary>
    [Parameter(ValueFromPipeline = true, ParameterSetName = ItemsParameterSet)]
    public object? InputObject { get; set; }

    /// <summary>Gets or sets how many items may run at once.</summary>
    [Parameter]
    [ValidateRange(1, Engine.WorkerLimit)]
    [Alias("Throttle")]
    [ArgumentCompleter(typeof(ThrottleLimitCompleter))]
    public int ThrottleLimit { get; set; } = Math.Max(5, Environment.ProcessorCount);

    /// <summary>Gets or sets how long the whole call may take, in seconds; 0 for no limit.</summary>
    [Parameter]
    [ValidateRange(0.0, MaximumSeconds)]
    public double TimeoutSeconds { get; set; }

    /// <summary>Gets or sets how long one item may run, in seconds, from its start; 0 for no limit.</summary>
    [Parameter]
    [ValidateRange(0.0, MaximumSeconds)]
    public double ItemTimeoutSeconds { get; set; }

    /// <summary>Gets or sets whether output comes in the order of the input.</summary>
    [Parameter]
    public SwitchParameter Ordered { get; set; }

    /// <summary>Gets or sets whether the first item that fails stops all others and ends the call.</summary>
    [Parameter]
    public SwitchParameter StopOnError { get; set; }

    /// <summary>Gets or sets whether each item gives one record instead of its bare output.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    /// <summary>Gets or sets how many items may wait before the workers, and as many outputs behind them.</summary>
    [Parameter]
    [ValidateRange(1, 1_000_000)]
    public int QueueCapacity { get; set; } = 1024;

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        RefuseTwoInputs();
        RefuseToKeepNewRunspaces();
        RefuseWhatIsForItems();
        _call.Start(ReadOptions());
    }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        if (InputScript is null && Tasks is null)
        {
            _call.Add(InputObject);
        }
    }

    /// <inheritdoc/>
    protected override void EndProcessing() => _call.Finish();

    /// <inheritdoc/>
    protected override void StopProcessing() => _call.Stop();

    /// <summary>Ends the call, however the pipeline ended.</summary>
    public void Dispose() => _call.Dispose();

    private CallOptions ReadOptions() => new()
    {
        ScriptBlock = Tasks is null ? ScriptBlock : TaskCall.Runner.GetScriptBlock(),
        Tasks = Tasks,
        Groups = ReadGroups(),
        SummaryVariable = SummaryVariable,
        Keeping = ReadKeeping(),
        NoCache = NoCache,
        ThrottleLimit = ThrottleLimit,
        Timeout = CallOptions.LimitOf(TimeoutSeconds),
        ItemTimeout = CallOptions.LimitOf(ItemTimeoutSeconds),
        Ordered = Ordered,
        StopsOnError = StopOnError,
        PassThru = PassThru,
        QueueCapacity = QueueCapacity,
        BatchSize = MyInvocation.BoundParameters.ContainsKey(nameof(BatchSize)) ? BatchSize : null,
        Filter = Filter,
        Refills = Refill,
        Retry = ReadRetry(),
        AsJob = AsJob || JobName is not null,
        JobName = JobName,
        StateVariable = StateVariable,
        Reports = ReadReports(),
        Begin = Begin,
        End = End,
        Finally = Finally,
        IsStateful = Stateful,
        InputScript = InputScript,
        Imports = ReadImports(),
        KeepsState = NoCleanup,
        UseNewRunspace = UseNewRunspace,
    };
}
