using System;
using System.Collections.Generic;
using System.Collections.ObjectModel;
using System.Management.Automation;
using System.Management.Automation.Host;
using System.Security;

namespace OrchestrationEngine.PowerShell.Runspaces;

/// <summary>
/// The screen that an item does not have. Records reach the caller's streams by themselves, so writing does nothing
/// here; asking fails, with what to do.
/// </summary>
internal sealed class WorkerHostInterface : PSHostUserInterface
{
    /// <inheritdoc/>
    public override PSHostRawUserInterface? RawUI => null;

    /// <inheritdoc/>
    public override bool SupportsVirtualTerminal => false;

    /// <inheritdoc/>
    public override string ReadLine() => throw NobodyToAsk();

    /// <inheritdoc/>
    public override SecureString ReadLineAsSecureString() => throw NobodyToAsk();

    /// <inheritdoc/>
    public override Dictionary<string, PSObject> Prompt(
        string caption, string message, Collection<FieldDescription> descriptions) => throw NobodyToAsk();

    /// <inheritdoc/>
    public override int PromptForChoice(
        string caption, string message, Collection<ChoiceDescription> choices, int defaultChoice) => throw NobodyToAsk();

    /// <inheritdoc/>
    public override PSCredential PromptForCredential(
        string caption, string message, string userName, string targetName) => throw NobodyToAsk();

    /// <inheritdoc/>
    public override PSCredential PromptForCredential(
        string caption,
        string message,
        string userName,
        string targetName,
        PSCredentialTypes allowedCredentialTypes,
        PSCredentialUIOptions options) => throw NobodyToAsk();

    /// <inheritdoc/>
    public override void Write(string value)
    {
    }

    /// <inheritdoc/>
    public override void Write(ConsoleColor foregroundColor, ConsoleColor backgroundColor, string value)
    {
    }

    /// <inheritdoc/>
    public override void WriteLine(string value)
    {
    }

    /// <inheritdoc/>
    public override void WriteErrorLine(string value)
    {
    }

    /// <inheritdoc/>
    public override void WriteDebugLine(string message)
    {
    }

    /// <inheritdoc/>
    public override void WriteProgress(long sourceId, ProgressRecord record)
    {
    }

    /// <inheritdoc/>
    public override void WriteVerboseLine(string message)
    {
    }

    /// <inheritdoc/>
    public override void WriteWarningLine(string message)
    {
    }

    internal static PSInvalidOperationException NobodyToAsk() => new(
        "An item that runs in parallel cannot ask questions: several would ask at once. Ask before the call and pass "
            + "the answer with $using:.");
}
