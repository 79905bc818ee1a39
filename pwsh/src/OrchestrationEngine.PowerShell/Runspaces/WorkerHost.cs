using System;
using System.Globalization;
using System.Management.Automation.Host;

namespace OrchestrationEngine.PowerShell.Runspaces;

/// <summary>
/// The host that items see. It has no screen: what items write to it travels as information records, and what they
/// ask of a person is an error. <c>exit</c> in an item does not reach the process.
/// </summary>
internal sealed class WorkerHost : PSHost
{
    /// <inheritdoc/>
    public override string Name => "OrchestrationEngine";

    /// <inheritdoc/>
    public override Version Version { get; } = typeof(WorkerHost).Assembly.GetName().Version ?? new Version(0, 0);

    /// <inheritdoc/>
    public override Guid InstanceId { get; } = Guid.NewGuid();

    /// <inheritdoc/>
    public override CultureInfo CurrentCulture => CultureInfo.CurrentCulture;

    /// <inheritdoc/>
    public override CultureInfo CurrentUICulture => CultureInfo.CurrentUICulture;

    /// <inheritdoc/>
    public override PSHostUserInterface UI { get; } = new WorkerHostInterface();

    /// <inheritdoc/>
    public override void SetShouldExit(int exitCode)
    {
        // An item may end itself, not the process.
    }

    /// <inheritdoc/>
    public override void EnterNestedPrompt() => throw WorkerHostInterface.NobodyToAsk();

    /// <inheritdoc/>
    public override void ExitNestedPrompt() => throw WorkerHostInterface.NobodyToAsk();

    /// <inheritdoc/>
    public override void NotifyBeginApplication()
    {
        // Nothing to save: there is no screen.
    }

    /// <inheritdoc/>
    public override void NotifyEndApplication()
    {
        // Nothing to restore: there is no screen.
    }
}
