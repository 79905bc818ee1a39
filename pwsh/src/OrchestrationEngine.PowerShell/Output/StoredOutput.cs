using System.Collections.Generic;
using System.Linq;
using System.Text.Json;

namespace OrchestrationEngine.PowerShell.Output;

/// <summary>What a task has put out, in the form in which it is kept with a run.</summary>
/// <param name="Value">A list of values; null if they take more room than is given to them.</param>
/// <param name="IsWhole">Whether the same comes back of it.</param>
internal sealed record StoredOutput(JsonElement? Value, bool IsWhole)
{
    /// <summary>The form of some objects.</summary>
    internal static StoredOutput Of(IReadOnlyList<object?> output)
    {
        using var writer = new ValueWriter();
        return writer.TryWrite(output, out var value)
            ? new StoredOutput(value, writer.IsWhole)
            : new StoredOutput(null, IsWhole: false);
    }

    /// <summary>The objects of which a form was made.</summary>
    /// <param name="stored">The form; null for no objects.</param>
    internal static object?[] Read(JsonElement? stored) => stored is { ValueKind: JsonValueKind.Array } list
        ? list.EnumerateArray().Select(ValueReader.Read).ToArray()
        : [];
}
