using System;
using System.Collections;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Management.Automation;
using OrchestrationEngine.PowerShell.Playbooks;
using Shell = System.Management.Automation.PowerShell;

namespace OrchestrationEngine.PowerShell.Completers;

/// <summary>Suggests the templates of the project and of the module.</summary>
internal sealed class TemplateCompleter : SessionCompleter
{
    /// <inheritdoc/>
    protected override IEnumerable<CompletionResult> Complete(Shell shell, string word, IDictionary bound)
    {
        var location = shell.AddScript("$ExecutionContext.SessionState.Path.CurrentFileSystemLocation.ProviderPath").Invoke<string>();
        return new PlaybookFiles(location.Single()).Templates
            .Select(file => (Name: Path.GetFileNameWithoutExtension(file), File: file))
            .Where(template => template.Name.StartsWith(word, StringComparison.OrdinalIgnoreCase))
            .Select(template => Suggest(template.Name, template.Name, template.File));
    }
}
