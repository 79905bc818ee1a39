using System;
using System.Collections;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using OrchestrationEngine.PowerShell.Playbooks;
using Shell = System.Management.Automation.PowerShell;

namespace OrchestrationEngine.PowerShell.Completers;

/// <summary>Suggests the types of steps that the session registered.</summary>
internal sealed class StepTypeCompleter : SessionCompleter
{
    /// <inheritdoc/>
    protected override IEnumerable<CompletionResult> Complete(Shell shell, string word, IDictionary bound) => StepTypes.All
        .Where(type => type.Name.StartsWith(word, StringComparison.OrdinalIgnoreCase))
        .Select(type => Suggest(type.Name, type.Name, type.Command ?? type.ScriptBlock?.ToString().Trim() ?? type.Name));
}
