using System;
using System.Collections;
using System.Collections.Generic;
using System.Collections.ObjectModel;
using System.Management.Automation;
using Shell = System.Management.Automation.PowerShell;

namespace OrchestrationEngine.PowerShell.Completers;

/// <summary>Suggests the playbooks of the project, and says what each is for.</summary>
internal sealed class PlaybookCompleter : SessionCompleter
{
    /// <inheritdoc/>
    protected override IEnumerable<CompletionResult> Complete(Shell shell, string word, IDictionary bound)
    {
        foreach (var playbook in Playbooks(shell))
        {
            if (playbook.Name.StartsWith(word, StringComparison.OrdinalIgnoreCase))
            {
                yield return Suggest(playbook.Name, playbook.Name, playbook.Description ?? playbook.Path);
            }
        }
    }

    private static Collection<PlaybookInfo> Playbooks(Shell shell)
    {
        shell.AddCommand(@"OrchestrationEngine\Get-Playbook").AddParameter("ErrorAction", ActionPreference.Ignore);
        try
        {
            return shell.Invoke<PlaybookInfo>();
        }
        catch (RuntimeException)
        {
            // The call itself will say so.
            return [];
        }
    }
}
