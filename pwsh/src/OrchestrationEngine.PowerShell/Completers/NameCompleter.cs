using System;
using System.Collections;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using Shell = System.Management.Automation.PowerShell;

namespace OrchestrationEngine.PowerShell.Completers;

/// <summary>Suggests names that the session has.</summary>
internal abstract class NameCompleter : SessionCompleter
{
    /// <inheritdoc/>
    protected override IEnumerable<CompletionResult> Complete(Shell shell, string word, IDictionary bound) =>
        Names(shell, WildcardPattern.Escape(word) + "*")
            .Distinct(StringComparer.OrdinalIgnoreCase)
            .Order(StringComparer.OrdinalIgnoreCase)
            .Select(name => Suggest(name, name, name));

    /// <summary>The names that match a pattern.</summary>
    /// <param name="shell">An empty shell of the session.</param>
    /// <param name="pattern">The pattern.</param>
    protected abstract IEnumerable<string> Names(Shell shell, string pattern);

    /// <summary>The names of what a command gives back.</summary>
    protected static IEnumerable<string> NamesOf(Shell shell) =>
        shell.AddParameter("ErrorAction", ActionPreference.Ignore)
            .Invoke()
            .Select(found => found.Properties["Name"]?.Value as string)
            .OfType<string>();
}
