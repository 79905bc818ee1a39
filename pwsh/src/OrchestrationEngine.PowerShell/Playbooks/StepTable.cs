using System;
using System.Collections;
using System.Collections.Specialized;

namespace OrchestrationEngine.PowerShell.Playbooks;

/// <summary>Makes the tables that playbooks and steps are made of: in order, and with names in any case.</summary>
internal static class StepTable
{
    /// <summary>An empty table.</summary>
    internal static OrderedDictionary New() => new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Adds what was given; nothing of what was not.</summary>
    internal static void AddIfGiven(this OrderedDictionary table, string key, object? value)
    {
        if (value is not (null or false or 0 or 0.0 or ICollection { Count: 0 }))
        {
            table.Add(key, value);
        }
    }
}
