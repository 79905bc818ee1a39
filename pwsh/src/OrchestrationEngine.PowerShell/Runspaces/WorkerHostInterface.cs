using System;
using System.Collections.Generic;
using System.Collections.ObjectModel;
using System.Management.Automation;
using System.Management.Automation.Host;
using System.Security;
using OrchestrationEngine.PowerShell.Output;

namespace OrchestrationEngine.PowerShell.Runspaces;

/// <summary>
/// The screen that an item does not have. What an item writes to it, by Out-Host for one, goes to the caller as an
/// information record of the kind that Write-Host makes. Records reach the caller's streams by themselves, so to show
/// one does nothing here; asking fails, with what to do.
/// </summary>
internal sealed class WorkerHostInterface : PSHostUserInterface
{
    // The text of an information record, which PowerShell puts into its stream and then writes to the screen.
    [ThreadStatic]
    private static string? _shownNext;

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
    public override void Write(string value) => Emit(value, hasNewLine: false);

    /// <inheritdoc/>
    public override void Write(ConsoleColor foregroundColor, ConsoleColor backgroundColor, string value) =>
        Emit(value, hasNewLine: false, foregroundColor, backgroundColor);

    /// <inheritdoc/>
    public override void WriteLine(string value) => Emit(value, hasNewLine: true);

    /// <inheritdoc/>
    public override void WriteLine(ConsoleColor foregroundColor, ConsoleColor backgroundColor, string value) =>
        Emit(value, hasNewLine: true, foregroundColor, backgroundColor);

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

    /// <summary>Notes a record that PowerShell is about to show.</summary>
    /// <param name="record">The record, which is in its stream already.</param>
    public override void WriteInformation(InformationRecord record) => _shownNext = record.MessageData?.ToString();

    private static void Emit(string value, bool hasNewLine, ConsoleColor? foreground = null, ConsoleColor? background = null)
    {
        var isShown = _shownNext == value;
        _shownNext = null;
        if (isShown)
        {
            return;
        }

        var message = new HostInformationMessage
        {
            Message = value,
            NoNewLine = !hasNewLine,
            ForegroundColor = foreground,
            BackgroundColor = background,
        };
        var record = new InformationRecord(message, source: "Host");
        record.Tags.Add("PSHOST");
        WorkerSession.OfThread?.Emit(OutputKind.Information, record);
    }

    internal static PSInvalidOperationException NobodyToAsk() => new(
        "An item that runs in parallel cannot ask questions: several would ask at once. Ask before the call and pass "
            + "the answer with $using:.");
}
