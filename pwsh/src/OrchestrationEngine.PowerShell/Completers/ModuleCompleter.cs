using System;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using OrchestrationEngine.PowerShell.Imports;
using Shell = System.Management.Automation.PowerShell;

namespace OrchestrationEngine.PowerShell.Completers;

/// <summary>Suggests modules that are loaded or installed.</summary>
internal sealed class ModuleCompleter : NameCompleter
{
    /// <inheritdoc/>
    protected override IEnumerable<string> Names(Shell shell, string pattern)
    {
        var wildcard = new WildcardPattern(pattern, WildcardOptions.IgnoreCase);
        var loaded = NamesOf(shell.AddCommand(@"Microsoft.PowerShell.Core\Get-Module").AddParameter("Name", pattern));
        return loaded.Concat(ModuleFiles.Installed().Where(name => wildcard.IsMatch(name)));
    }
}
