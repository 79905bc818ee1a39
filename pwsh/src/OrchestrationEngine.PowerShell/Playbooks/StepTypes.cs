using System;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation.Runspaces;
using System.Runtime.CompilerServices;
using System.Text.Json;

namespace OrchestrationEngine.PowerShell.Playbooks;

/// <summary>
/// The types of steps that were registered in a session, as long as it is there. Used on the thread whose runspace it is;
/// where there is no runspace, nothing is registered.
/// </summary>
internal static class StepTypes
{
    private static readonly ConditionalWeakTable<Runspace, SortedDictionary<string, OrchestrationStepType>> Sessions = [];

    /// <summary>Gets all of the session, by name.</summary>
    internal static IReadOnlyCollection<OrchestrationStepType> All => OfSession()?.Values.ToArray() ?? [];

    /// <summary>Adds a type, in the place of one of its name.</summary>
    internal static void Add(OrchestrationStepType type) => OfSession()![type.Name] = type;

    /// <summary>Takes a type away.</summary>
    /// <returns>Whether it was there.</returns>
    internal static bool Remove(string name) => OfSession()?.Remove(name) ?? false;

    /// <summary>Takes all away.</summary>
    internal static void Clear() => OfSession()?.Clear();

    /// <summary>Writes the key of a question that says which there are, if there are any.</summary>
    internal static void Write(Utf8JsonWriter json) => Write(json, All);

    /// <inheritdoc cref="Write(Utf8JsonWriter)"/>
    internal static void Write(Utf8JsonWriter json, IReadOnlyCollection<OrchestrationStepType> types)
    {
        if (types.Count == 0)
        {
            return;
        }

        json.WriteStartArray("stepTypes");
        foreach (var type in types)
        {
            json.WriteRawValue(type.Json, skipInputValidation: true);
        }

        json.WriteEndArray();
    }

    private static SortedDictionary<string, OrchestrationStepType>? OfSession() => Runspace.DefaultRunspace is { } session
        ? Sessions.GetValue(session, _ => new(StringComparer.OrdinalIgnoreCase))
        : null;
}
