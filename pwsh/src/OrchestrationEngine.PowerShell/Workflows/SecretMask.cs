using System;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using System.Text.Encodings.Web;
using System.Text.Json;
using OrchestrationEngine.PowerShell.Output;

namespace OrchestrationEngine.PowerShell.Workflows;

/// <summary>
/// Hides secrets in what steps put out, before anybody is shown it. Objects without one stay as they are; one that has a secret
/// in its text or in what can be kept of it becomes a text or custom object without.
/// </summary>
/// <param name="mask">Gives a text without secrets.</param>
internal sealed class SecretMask(Func<string, string> mask)
{
    // As the engine writes JSON itself, so that it finds what it looks for.
    private static readonly JsonSerializerOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>What a step put out, without secrets.</summary>
    internal List<(OutputKind Kind, object? Value)> Hide(List<(OutputKind Kind, object? Value)> puts)
    {
        // Most steps put no secret out, and then it is one call.
        var all = string.Join('\n', puts.Select(put => TextOf(put.Value)));
        return all.Length == 0 || mask(all) == all ? puts : puts.Select(put => (put.Kind, Hide(put.Kind, put.Value))).ToList();
    }

    private object? Hide(OutputKind kind, object? value)
    {
        var text = TextOf(value);
        var hidden = mask(text);
        return hidden == text ? value : PlainValue.Of(value) switch
        {
            string => hidden,
            ErrorRecord error => ErrorOf(error, hidden),
            WarningRecord => new WarningRecord(hidden),
            VerboseRecord => new VerboseRecord(hidden),
            DebugRecord => new DebugRecord(hidden),
            InformationRecord record => InformationOf(record, hidden),
            ProgressRecord progress => new ProgressRecord(progress.ActivityId, mask(progress.Activity), mask(progress.StatusDescription)),
            _ => kind == OutputKind.Output && StoredOutput.Of([value]).Value is not null
                ? ValueReader.Read(JsonSerializer.Deserialize<JsonElement>(hidden))
                : hidden,
        };
    }

    private static string TextOf(object? value) => PlainValue.Of(value) switch
    {
        null => string.Empty,
        string text => text,
        ErrorRecord error => error.ToString(),
        InformationalRecord record => record.Message,
        InformationRecord { MessageData: HostInformationMessage said } => said.Message,
        InformationRecord record => $"{record.MessageData}",
        ProgressRecord progress => $"{progress.Activity} {progress.StatusDescription}",
        _ => JsonOf(value),
    };

    private static string JsonOf(object? value)
    {
        var stored = StoredOutput.Of([value]).Value;
        return stored is { } list ? JsonSerializer.Serialize(list[0], Plain) : $"{value}";
    }

    private static ErrorRecord ErrorOf(ErrorRecord error, string text) =>
        new(new RuntimeException(text), error.FullyQualifiedErrorId, error.CategoryInfo.Category, targetObject: null);

    private static InformationRecord InformationOf(InformationRecord record, string text)
    {
        object data = record.MessageData is HostInformationMessage said
            ? new HostInformationMessage { Message = text, NoNewLine = said.NoNewLine }
            : text;
        var hidden = new InformationRecord(data, record.Source);
        hidden.Tags.AddRange(record.Tags);
        return hidden;
    }
}
