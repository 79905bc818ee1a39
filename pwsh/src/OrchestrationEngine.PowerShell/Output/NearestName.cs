using System;
using System.Collections.Generic;
using System.Linq;

namespace OrchestrationEngine.PowerShell.Output;

/// <summary>Finds the name that somebody may have meant.</summary>
internal static class NearestName
{
    /// <summary>The name that takes the fewest changes of single letters: at most one for each three that it has.</summary>
    /// <param name="name">What was written.</param>
    /// <param name="known">The names that there are.</param>
    internal static string? Find(string name, IEnumerable<string> known)
    {
        var limit = name.Length / 3;
        return known
            .Where(other => Math.Abs(other.Length - name.Length) <= limit)
            .Select(other => (Name: other, Distance: Distance(name.ToUpperInvariant(), other.ToUpperInvariant())))
            .Where(found => found.Distance <= limit)
            .OrderBy(found => found.Distance)
            .ThenBy(found => found.Name, StringComparer.OrdinalIgnoreCase)
            .Select(found => found.Name)
            .FirstOrDefault();
    }

    // Levenshtein, with one row: letters put in, left out or exchanged.
    private static int Distance(string one, string other)
    {
        var row = Enumerable.Range(0, other.Length + 1).ToArray();
        for (var i = 1; i <= one.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= other.Length; j++)
            {
                var changed = diagonal + (one[i - 1] == other[j - 1] ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(changed, Math.Min(row[j], row[j - 1]) + 1);
            }
        }

        return row[^1];
    }
}
