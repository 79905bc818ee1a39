using System;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;

namespace OrchestrationEngine.PowerShell.Imports;

/// <summary>Names that were asked for one by one, and patterns that stand for any number of names, also for none.</summary>
internal sealed class NamePatterns
{
    private readonly WildcardPattern[] _patterns;

    /// <summary>Initializes a new instance of the <see cref="NamePatterns"/> class.</summary>
    /// <param name="names">The names and patterns.</param>
    /// <param name="all">Whether everything is asked for besides.</param>
    internal NamePatterns(IReadOnlyList<string> names, bool all)
    {
        Names = names
            .Where(name => !WildcardPattern.ContainsWildcardCharacters(name))
            .Select(WildcardPattern.Unescape)
            .Distinct(StringComparer.OrdinalIgnoreCase)
            .ToArray();
        _patterns = names
            .Where(WildcardPattern.ContainsWildcardCharacters)
            .Concat(all ? ["*"] : [])
            .Select(name => new WildcardPattern(name, WildcardOptions.IgnoreCase))
            .ToArray();
    }

    /// <summary>Gets the names that must be there.</summary>
    internal IReadOnlyList<string> Names { get; }

    internal bool HasPatterns => _patterns.Length > 0;

    internal bool Match(string name) => _patterns.Any(pattern => pattern.IsMatch(name));
}
