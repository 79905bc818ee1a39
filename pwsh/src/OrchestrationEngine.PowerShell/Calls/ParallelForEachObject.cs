using System.Management.Automation;
using System.Management.Automation.Internal;
using OrchestrationEngine.PowerShell.Output;
using OrchestrationEngine.PowerShell.Runspaces;

namespace OrchestrationEngine.PowerShell.Calls;

/// <summary>ForEach-Object -Parallel: a call on the engine.</summary>
internal sealed class ParallelForEachObject : IForEachObject
{
    // What PowerShell's own refuses; here each means what it always does.
    private static readonly string[] RefusedIfStrict =
        ["ErrorAction", "WarningAction", "InformationAction", "ProgressAction", "PipelineVariable"];

    private readonly PSCmdlet _cmdlet;
    private readonly CallOptions _options;
    private readonly CmdletCall _call;

    internal ParallelForEachObject(PSCmdlet cmdlet, CallOptions options)
    {
        _cmdlet = cmdlet;
        _options = options;
        _call = new CmdletCall(cmdlet);
    }

    /// <inheritdoc/>
    public void Begin()
    {
        if (_options.IsStrict)
        {
            RefuseCommonParameters();
            RefuseTimeoutOfJob();
        }

        _call.Start(_options);
    }

    /// <inheritdoc/>
    public void Process(PSObject input) => _call.Add(input == AutomationNull.Value ? null : input);

    /// <inheritdoc/>
    public void End() => _call.Finish();

    /// <inheritdoc/>
    public void Stop() => _call.Stop();

    /// <inheritdoc/>
    public void Dispose() => _call.Dispose();

    private void RefuseTimeoutOfJob()
    {
        if (_options.AsJob && _cmdlet.MyInvocation.BoundParameters.ContainsKey("TimeoutSeconds"))
        {
            _cmdlet.ThrowTerminatingError(StrictErrors.TimeoutOfJobRefused());
        }
    }

    private void RefuseCommonParameters()
    {
        foreach (var name in RefusedIfStrict)
        {
            if (_cmdlet.MyInvocation.BoundParameters.ContainsKey(name))
            {
                _cmdlet.ThrowTerminatingError(StrictErrors.CommonParameterRefused(name));
            }
        }
    }
}
