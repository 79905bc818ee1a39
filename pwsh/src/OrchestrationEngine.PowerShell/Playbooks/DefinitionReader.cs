using System.Collections.Specialized;
using System.Linq;
using System.Text.Json;
using OrchestrationEngine.PowerShell.Output;

namespace OrchestrationEngine.PowerShell.Playbooks;

/// <summary>Makes tables and lists of a playbook that the engine has read: what <see cref="DefinitionJson"/> writes.</summary>
internal static class DefinitionReader
{
    /// <summary>Maps become ordered tables with names in any case, and lists arrays.</summary>
    internal static object? Read(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => ReadTable(value),
        JsonValueKind.Array => value.EnumerateArray().Select(Read).ToArray(),
        _ => ValueReader.Read(value),
    };

    private static OrderedDictionary ReadTable(JsonElement value)
    {
        var table = StepTable.New();
        foreach (var entry in value.EnumerateObject())
        {
            table.Add(entry.Name, Read(entry.Value));
        }

        return table;
    }
}
