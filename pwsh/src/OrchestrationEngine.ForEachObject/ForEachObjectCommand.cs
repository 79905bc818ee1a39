using System;
using System.Management.Automation;
using System.Management.Automation.Internal;
using OrchestrationEngine.Native;
using OrchestrationEngine.PowerShell.Calls;
using OrchestrationEngine.PowerShell.Runspaces;

// The name of PowerShell's own class: error ids end in it, and scripts compare them.
namespace Microsoft.PowerShell.Commands;

/// <summary>
/// ForEach-Object with its -Parallel on this module's engine. Everything else is done by PowerShell's own command.
/// Exported by OrchestrationEngine.ForEachObject.psd1, which Enable-ParallelForEachObject imports.
/// </summary>
[Cmdlet(
    "ForEach",
    "Object",
    SupportsShouldProcess = true,
    ConfirmImpact = ConfirmImpact.Low,
    DefaultParameterSetName = ScriptBlockSet,
    HelpUri = "https://go.microsoft.com/fwlink/?LinkID=2096867",
    RemotingCapability = RemotingCapability.None)]
public sealed class ForEachObjectCommand : PSCmdlet, IDisposable
{
    private const string ScriptBlockSet = "ScriptBlockSet";
    private const string PropertyAndMethodSet = "PropertyAndMethodSet";
    private const string ParallelParameterSet = "ParallelParameterSet";

    private IForEachObject? _work;
    private volatile bool _isStopped;

    /// <summary>Gets or sets the item.</summary>
    [Parameter(ValueFromPipeline = true, ParameterSetName = ScriptBlockSet)]
    [Parameter(ValueFromPipeline = true, ParameterSetName = PropertyAndMethodSet)]
    [Parameter(ValueFromPipeline = true, ParameterSetName = ParallelParameterSet)]
    public PSObject InputObject { get; set; } = AutomationNull.Value;

    /// <summary>Gets or sets what runs before the first item.</summary>
    [Parameter(ParameterSetName = ScriptBlockSet)]
    public ScriptBlock? Begin { get; set; }

    /// <summary>Gets or sets what runs for each item, one after another.</summary>
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = ScriptBlockSet)]
    [AllowNull]
    [AllowEmptyCollection]
    public ScriptBlock[]? Process { get; set; }

    /// <summary>Gets or sets what runs after the last item.</summary>
    [Parameter(ParameterSetName = ScriptBlockSet)]
    public ScriptBlock? End { get; set; }

    /// <summary>Gets or sets the blocks after the first one.</summary>
    [Parameter(ParameterSetName = ScriptBlockSet, ValueFromRemainingArguments = true)]
    [AllowNull]
    [AllowEmptyCollection]
    public ScriptBlock[]? RemainingScripts { get; set; }

    /// <summary>Gets or sets the property to read, or the method to call, of each item.</summary>
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = PropertyAndMethodSet)]
    [ValidateNotNullOrEmpty]
    public string? MemberName { get; set; }

    /// <summary>Gets or sets the arguments of the method.</summary>
    [Parameter(ParameterSetName = PropertyAndMethodSet, ValueFromRemainingArguments = true)]
    [Alias("Args")]
    public object[]? ArgumentList { get; set; }

    /// <summary>Gets or sets what runs for each item, several at a time.</summary>
    [Parameter(Mandatory = true, ParameterSetName = ParallelParameterSet)]
    public ScriptBlock Parallel { get; set; } = null!;

    /// <summary>Gets or sets how many items may run at once; more than the engine's limit counts as that.</summary>
    [Parameter(ParameterSetName = ParallelParameterSet)]
    [ValidateRange(1, int.MaxValue)]
    public int ThrottleLimit { get; set; } = 5;

    /// <summary>Gets or sets how long the whole call may take, in seconds; 0 for no limit.</summary>
    [Parameter(ParameterSetName = ParallelParameterSet)]
    [ValidateRange(0, int.MaxValue / 1000)]
    public int TimeoutSeconds { get; set; }

    /// <summary>Gets or sets whether to return a job at once.</summary>
    [Parameter(ParameterSetName = ParallelParameterSet)]
    public SwitchParameter AsJob { get; set; }

    /// <summary>Gets or sets whether each item gets a runspace that nobody used before.</summary>
    [Parameter(ParameterSetName = ParallelParameterSet)]
    public SwitchParameter UseNewRunspace { get; set; }

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        _work = ParameterSetName == ParallelParameterSet
            ? new ParallelForEachObject(this, ReadOptions())
            : OriginalForEachObject.For(this);
        if (_isStopped)
        {
            _work.Stop();
        }

        _work.Begin();
    }

    /// <inheritdoc/>
    protected override void ProcessRecord() => _work!.Process(InputObject);

    /// <inheritdoc/>
    protected override void EndProcessing() => _work!.End();

    /// <inheritdoc/>
    protected override void StopProcessing()
    {
        _isStopped = true;
        _work?.Stop();
    }

    /// <summary>Ends what was begun, however the pipeline ended.</summary>
    public void Dispose() => _work?.Dispose();

    private CallOptions ReadOptions() => new()
    {
        ScriptBlock = Parallel,
        ThrottleLimit = Math.Min(ThrottleLimit, Engine.WorkerLimit),
        Timeout = CallOptions.LimitOf(TimeoutSeconds),
        GoesOnAfterTimeout = true,
        ForEachObject = ForEachObjectProxy.KindOf(MyInvocation.MyCommand),
        UseNewRunspace = UseNewRunspace,
        AsJob = AsJob,
    };
}
