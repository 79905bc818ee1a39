using System;
using System.Collections;
using System.Collections.Generic;
using System.Collections.ObjectModel;
using System.Linq;
using System.Management.Automation;
using System.Management.Automation.Language;
using Shell = System.Management.Automation.PowerShell;

namespace OrchestrationEngine.PowerShell.Completers;

/// <summary>Suggests numbers and names of scripts, and says what each is for.</summary>
internal sealed class ScriptCompleter : IArgumentCompleter
{
    private const string ScriptPath = "ScriptPath";

    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName,
        string parameterName,
        string wordToComplete,
        CommandAst commandAst,
        IDictionary fakeBoundParameters)
    {
        var word = wordToComplete.Trim('\'', '"');
        var sign = word.StartsWith('!') ? "!" : string.Empty;
        var results = new List<CompletionResult>();
        foreach (var script in Scripts(fakeBoundParameters[ScriptPath]))
        {
            if (Match(script, word[sign.Length..]) is { } text)
            {
                results.Add(new CompletionResult(
                    NameCompleter.Quote(sign + text),
                    $"{script.Number} {script.Name}".Trim(),
                    CompletionResultType.ParameterValue,
                    script.Description ?? script.Path));
            }
        }

        return results;
    }

    // What is begun is completed: a number to the number, a name to the name.
    private static string? Match(OrchestrationScript script, string word) =>
        new[] { script.Number, script.Name, script.FileName }
            .FirstOrDefault(text => text?.StartsWith(word, StringComparison.OrdinalIgnoreCase) == true);

    private static Collection<OrchestrationScript> Scripts(object? folders)
    {
        using var shell = Shell.Create(RunspaceMode.CurrentRunspace);
        shell.AddCommand(@"OrchestrationEngine\Get-OrchestrationScript").AddParameter("ErrorAction", ActionPreference.Ignore);
        if (folders is not null)
        {
            shell.AddParameter(ScriptPath, folders);
        }

        try
        {
            return shell.Invoke<OrchestrationScript>();
        }
        catch (RuntimeException)
        {
            // There are no folders. Nothing is suggested, and the call itself will say so.
            return [];
        }
    }
}
