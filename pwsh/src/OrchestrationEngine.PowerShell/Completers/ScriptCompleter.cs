using System;
using System.Collections;
using System.Collections.Generic;
using System.Collections.ObjectModel;
using System.Linq;
using System.Management.Automation;
using Shell = System.Management.Automation.PowerShell;

namespace OrchestrationEngine.PowerShell.Completers;

/// <summary>Suggests numbers and names of scripts, and says what each is for.</summary>
internal sealed class ScriptCompleter : SessionCompleter
{
    private const string ScriptPath = "ScriptPath";

    /// <inheritdoc/>
    protected override IEnumerable<CompletionResult> Complete(Shell shell, string word, IDictionary bound)
    {
        var sign = word.StartsWith('!') ? "!" : string.Empty;
        foreach (var script in Scripts(shell, bound[ScriptPath]))
        {
            if (Match(script, word[sign.Length..]) is { } text)
            {
                yield return Suggest(
                    sign + text, $"{script.Number} {script.Name}".Trim(), script.Description ?? script.Path);
            }
        }
    }

    // What is begun is completed: a number to the number, a name to the name.
    private static string? Match(OrchestrationScript script, string word) =>
        new[] { script.Number, script.Name, script.FileName }
            .FirstOrDefault(text => text?.StartsWith(word, StringComparison.OrdinalIgnoreCase) == true);

    private static Collection<OrchestrationScript> Scripts(Shell shell, object? folders)
    {
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
