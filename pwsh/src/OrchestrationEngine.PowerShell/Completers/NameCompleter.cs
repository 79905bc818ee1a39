using System;
using System.Collections;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using System.Management.Automation.Language;
using Shell = System.Management.Automation.PowerShell;

namespace OrchestrationEngine.PowerShell.Completers;

/// <summary>Suggests names that the session has, quoted where they need it.</summary>
internal abstract class NameCompleter : IArgumentCompleter
{
    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName,
        string parameterName,
        string wordToComplete,
        CommandAst commandAst,
        IDictionary fakeBoundParameters)
    {
        var word = wordToComplete.Trim('\'', '"');
        using var shell = Shell.Create(RunspaceMode.CurrentRunspace);
        return Names(shell, WildcardPattern.Escape(word) + "*")
            .Distinct(StringComparer.OrdinalIgnoreCase)
            .Order(StringComparer.OrdinalIgnoreCase)
            .Select(name => new CompletionResult(Quote(name), name, CompletionResultType.ParameterValue, name))
            .ToArray();
    }

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

    internal static string Quote(string name) =>
        name.All(letter => char.IsLetterOrDigit(letter) || letter is '-' or '_' or '.')
            ? name
            : $"'{CodeGeneration.EscapeSingleQuotedStringContent(name)}'";
}
