using System.Collections.Generic;
using System.Management.Automation;
using System.Management.Automation.Host;
using System.Management.Automation.Language;

namespace OrchestrationEngine.PowerShell.Runspaces;

/// <summary>
/// The debugger of a worker's runspace for as long as one item runs there. What is done with it later does not reach
/// the items that come after.
/// </summary>
internal sealed class ItemDebugger : Debugger
{
    private readonly string _name;
    private volatile Debugger? _runspace;

    internal ItemDebugger(Debugger runspace, string name)
    {
        _runspace = runspace;
        _name = name;
        runspace.DebuggerStop += HandOnStop;
        runspace.BreakpointUpdated += HandOnBreakpoint;
    }

    /// <inheritdoc/>
    public override bool InBreakpoint => _runspace?.InBreakpoint ?? false;

    // The commands of a debugger make sense while the item is held, and then it runs.
    private Debugger Live => _runspace ?? throw new PSInvalidOperationException("The item does not run any more.");

    /// <inheritdoc/>
    public override DebuggerCommandResults ProcessCommand(PSCommand command, PSDataCollection<PSObject> output)
    {
        if (command?.Commands[0].CommandText.Trim() is not { } text
            || !text.Equals("prompt", System.StringComparison.OrdinalIgnoreCase))
        {
            return Live.ProcessCommand(command, output);
        }

        var name = CodeGeneration.EscapeSingleQuotedStringContent(_name);
        var prompt = new PSCommand();
        prompt.AddScript($"'[DBG]: [{name}]: ' + \"PS $($ExecutionContext.SessionState.Path.CurrentLocation)>> \"");
        Live.ProcessCommand(prompt, output);
        return new DebuggerCommandResults(null, evaluatedByDebugger: true);
    }

    /// <inheritdoc/>
    public override void StopProcessCommand() => _runspace?.StopProcessCommand();

    /// <inheritdoc/>
    public override void SetDebuggerAction(DebuggerResumeAction resumeAction) => Live.SetDebuggerAction(resumeAction);

    /// <inheritdoc/>
    public override DebuggerStopEventArgs? GetDebuggerStopArgs() => _runspace?.GetDebuggerStopArgs();

    /// <inheritdoc/>
    public override IEnumerable<CallStackFrame> GetCallStack() => _runspace?.GetCallStack() ?? [];

    /// <inheritdoc/>
    public override void SetDebuggerStepMode(bool enabled) => _runspace?.SetDebuggerStepMode(enabled);

    /// <inheritdoc/>
    public override void SetDebugMode(DebugModes mode)
    {
        _runspace?.SetDebugMode(mode);
        base.SetDebugMode(mode);
    }

    /// <summary>Attaches the debugger of a session, as Debug-Job does: the item is held at its next statement.</summary>
    public override void SetParent(
        Debugger parent,
        IEnumerable<Breakpoint> breakPoints,
        DebuggerResumeAction? startAction,
        PSHost host,
        PathInfo path) => SetDebuggerStepMode(enabled: true);

    /// <summary>Lets go of the runspace, because the item has ended. Used on the thread of its worker.</summary>
    internal void Detach()
    {
        if (_runspace is not { } runspace)
        {
            return;
        }

        _runspace = null;
        runspace.DebuggerStop -= HandOnStop;
        runspace.BreakpointUpdated -= HandOnBreakpoint;
        runspace.SetDebuggerStepMode(enabled: false);
    }

    private void HandOnStop(object? sender, DebuggerStopEventArgs stop) => RaiseDebuggerStopEvent(stop);

    private void HandOnBreakpoint(object? sender, BreakpointUpdatedEventArgs update) => RaiseBreakpointUpdatedEvent(update);
}
