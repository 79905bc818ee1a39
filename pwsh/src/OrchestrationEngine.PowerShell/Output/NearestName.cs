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

    // Damerau's: letters put in, left out, exchanged, or swapped with the next one (optimal string alignment).
    private static int Distance(string one, string other)
    {
        var steps = new int[one.Length + 1, other.Length + 1];
        for (var i = 0; i <= one.Length; i++)
        {
            for (var j = 0; j <= other.Length; j++)
            {
                steps[i, j] = i == 0 || j == 0 ? i + j : Fewest(i, j);
            }
        }

        return steps[one.Length, other.Length];

        int Fewest(int i, int j)
        {
            var changed = steps[i - 1, j - 1] + (one[i - 1] == other[j - 1] ? 0 : 1);
            var isSwapped = i > 1 && j > 1 && one[i - 1] == other[j - 2] && one[i - 2] == other[j - 1];
            var swapped = isSwapped ? steps[i - 2, j - 2] + 1 : changed;
            return Math.Min(Math.Min(changed, swapped), Math.Min(steps[i - 1, j], steps[i, j - 1]) + 1);
        }
    }
}
