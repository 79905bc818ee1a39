using System;
using System.Collections;
using System.Collections.Specialized;
using System.Linq;
using System.Text.Json;
using OrchestrationEngine.PowerShell.Output;

namespace OrchestrationEngine.PowerShell.Runspaces;

/// <summary>Makes of an order's JSON what a step finds: tables that keep their order and ignore the case of their keys.</summary>
internal static class OrderReader
{
    /// <summary>Reads an order.</summary>
    /// <returns>A table that the step writes its marks into.</returns>
    internal static Hashtable Read(string json)
    {
        using var document = JsonDocument.Parse(json);
        var order = new Hashtable(StringComparer.OrdinalIgnoreCase);
        foreach (var entry in document.RootElement.EnumerateObject())
        {
            order[entry.Name] = ReadValue(entry.Value);
        }

        return order;
    }

    // Names of the playbook's that differ only in case were refused before.
    private static object? ReadValue(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => ReadTable(value),
        JsonValueKind.Array => value.EnumerateArray().Select(ReadValue).ToArray(),
        _ => ValueReader.Read(value),
    };

    private static OrderedDictionary ReadTable(JsonElement value)
    {
        var table = new OrderedDictionary(StringComparer.OrdinalIgnoreCase);
        foreach (var entry in value.EnumerateObject())
        {
            table[entry.Name] = ReadValue(entry.Value);
        }

        return table;
    }
}
