using System.Collections.ObjectModel;
using System.Management.Automation;
using System.Management.Automation.Host;
using OrchestrationEngine.PowerShell.Reports;
using OrchestrationEngine.PowerShell.Runspaces;

namespace OrchestrationEngine.PowerShell.Calls;

/// <summary>The session of a cmdlet that makes a call. Used on the cmdlet's thread.</summary>
internal sealed class CmdletCaller(PSCmdlet cmdlet) : ICaller
{
    private ScriptBlock? _pump;

    /// <inheritdoc/>
    public PSHost? Host => WorkerSession.OfThread is { } outer ? outer.Call.Host : cmdlet.Host;

    /// <inheritdoc/>
    public IProgressDisplay? ProgressDisplay => CmdletProgressDisplay.For(cmdlet, Host);

    /// <inheritdoc/>
    public long? CountInput() => InputCount.Of(cmdlet);

    /// <inheritdoc/>
    public void AnswerClassMethods()
    {
        // A loop makes the runspace look at its events, and the call of a class's method by a worker is one.
        _pump ??= ScriptBlock.Create("foreach ($i in 1) { }");
        cmdlet.InvokeCommand.InvokeScript(useLocalScope: true, _pump, input: null, args: null);
    }

    /// <inheritdoc/>
    public Collection<PSObject> Invoke(ScriptBlock script, object? item) =>
        script.InvokeWithContext(functionsToDefine: null, [new PSVariable("_", item)]);
}
