using System;
using System.Linq;
using System.Management.Automation;
using System.Text.Json;

namespace OrchestrationEngine.PowerShell.Output;

/// <summary>Makes objects of what <see cref="ValueWriter"/> wrote.</summary>
internal static class ValueReader
{
    /// <summary>Lists come back as arrays, and maps as custom objects.</summary>
    internal static object? Read(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        JsonValueKind.String => value.GetString(),
        JsonValueKind.Number => ReadNumber(value),
        JsonValueKind.Array => value.EnumerateArray().Select(Read).ToArray(),
        JsonValueKind.Object => ReadMap(value),
        _ => null,
    };

    private static object ReadNumber(JsonElement value) =>
        value.GetRawText().AsSpan().IndexOfAny(".eE") >= 0 ? (object)value.GetDouble()
        : value.TryGetInt32(out var number) ? (object)number
        : value.TryGetInt64(out var large) ? (object)large
        : value.GetDouble();

    private static PSObject ReadMap(JsonElement value)
    {
        var map = new PSObject();
        foreach (var entry in value.EnumerateObject())
        {
            map.Properties.Add(new PSNoteProperty(entry.Name, Read(entry.Value)));
        }

        return map;
    }
}
