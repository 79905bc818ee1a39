using System.Collections.Generic;
using System.Linq;
using System.Text.Json;

namespace OrchestrationEngine.PowerShell.Playbooks;

/// <summary>Takes values out of the engine's answers, in which a value may be missing or null.</summary>
internal static class JsonAnswer
{
    internal static string? Text(this JsonElement answer, string key) => answer.Value(key)?.GetString();

    internal static bool Flag(this JsonElement answer, string key) => answer.Value(key)?.GetBoolean() ?? false;

    internal static int? Count(this JsonElement answer, string key) => answer.Value(key)?.GetInt32();

    internal static double? Number(this JsonElement answer, string key) => answer.Value(key)?.GetDouble();

    internal static IEnumerable<JsonElement> List(this JsonElement answer, string key) =>
        answer.Value(key)?.EnumerateArray() ?? Enumerable.Empty<JsonElement>();

    internal static string[] Texts(this JsonElement answer, string key) =>
        answer.List(key).Select(text => text.GetString()!).ToArray();

    private static JsonElement? Value(this JsonElement answer, string key) =>
        answer.TryGetProperty(key, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;
}
