using System;
using System.Collections;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using Shell = System.Management.Automation.PowerShell;

namespace OrchestrationEngine.PowerShell.Completers;

/// <summary>Suggests the ids of workflows, the latest first, and says what became of each.</summary>
internal sealed class WorkflowCompleter : SessionCompleter
{
    /// <inheritdoc/>
    protected override IEnumerable<CompletionResult> Complete(Shell shell, string word, IDictionary bound) => Workflows(shell)
        .Where(workflow => workflow.WorkflowId.StartsWith(word, StringComparison.OrdinalIgnoreCase))
        .Select(workflow => Suggest(
            workflow.WorkflowId, workflow.WorkflowId, $"{workflow.PlaybookName}, {workflow.Status}, {workflow.StartTime:g}"));

    private static PlaybookWorkflow[] Workflows(Shell shell)
    {
        shell.AddCommand(@"OrchestrationEngine\Get-PlaybookStatus").AddParameter("ErrorAction", ActionPreference.Ignore);
        try
        {
            return shell.Invoke<PlaybookStatusSummary>().SelectMany(all => all.Active.Concat(all.History)).ToArray();
        }
        catch (RuntimeException)
        {
            // Nothing is suggested, and the call itself will say why.
            return [];
        }
    }
}
