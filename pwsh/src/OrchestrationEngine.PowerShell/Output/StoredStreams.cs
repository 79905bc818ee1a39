using System.Collections.Generic;
using System.Globalization;
using System.Management.Automation;
using OrchestrationEngine.Native;

namespace OrchestrationEngine.PowerShell.Output;

/// <summary>
/// What a task has written beside its output, as it is remembered: texts with PowerShell's numbers of the streams. Progress
/// is left out, which is about a moment.
/// </summary>
internal static class StoredStreams
{
    /// <summary>The number for what Write-Host wrote, which is shown whatever the preferences are.</summary>
    private const int Host = 16;

    private const string HostTag = "PSHOST";

    /// <summary>The texts of records, in their order.</summary>
    /// <param name="puts">Everything that the task put out.</param>
    internal static List<StreamText> Of(IEnumerable<(OutputKind Kind, object? Value)> puts)
    {
        var streams = new List<StreamText>();
        foreach (var (kind, value) in puts)
        {
            if (Of(kind, value) is { } stream)
            {
                streams.Add(stream);
            }
        }

        return streams;
    }

    /// <summary>Records with the texts that records had.</summary>
    internal static IEnumerable<(OutputKind Kind, object? Value)> Read(IEnumerable<StreamText> streams)
    {
        foreach (var stream in streams)
        {
            if (Read(stream.Stream, stream.Text) is { } record)
            {
                yield return record;
            }
        }
    }

    private static StreamText? Of(OutputKind kind, object? value) => value switch
    {
        ErrorRecord record when kind == OutputKind.Error => new((int)kind, record.ToString()),
        InformationalRecord record => new((int)kind, record.Message),
        InformationRecord { MessageData: HostInformationMessage said } => new(Host, said.Message + (said.NoNewLine == true ? "" : "\n")),
        InformationRecord record => new((int)kind, Text(record.MessageData)),
        _ => null,
    };

    private static string Text(object? data) =>
        LanguagePrimitives.TryConvertTo<string>(data, CultureInfo.InvariantCulture, out var text) ? text ?? "" : $"{data}";

    private static (OutputKind Kind, object? Value)? Read(int stream, string text) => stream switch
    {
        (int)OutputKind.Error => (OutputKind.Error, ErrorOf(text)),
        (int)OutputKind.Warning => (OutputKind.Warning, new WarningRecord(text)),
        (int)OutputKind.Verbose => (OutputKind.Verbose, new VerboseRecord(text)),
        (int)OutputKind.Debug => (OutputKind.Debug, new DebugRecord(text)),
        (int)OutputKind.Information => (OutputKind.Information, new InformationRecord(text, source: null)),
        Host => (OutputKind.Information, SaidToHost(text)),
        _ => null,
    };

    private static ErrorRecord ErrorOf(string text) =>
        new(new RuntimeException(text), "TaskErrorRemembered", ErrorCategory.NotSpecified, targetObject: null);

    private static InformationRecord SaidToHost(string text)
    {
        var message = new HostInformationMessage { Message = text.TrimEnd('\n'), NoNewLine = !text.EndsWith('\n') };
        var record = new InformationRecord(message, "Write-Host");
        record.Tags.Add(HostTag);
        return record;
    }
}
