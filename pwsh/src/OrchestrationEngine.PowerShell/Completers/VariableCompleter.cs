using System.Collections.Generic;
using System.Linq;
using OrchestrationEngine.PowerShell.Imports;
using Shell = System.Management.Automation.PowerShell;

namespace OrchestrationEngine.PowerShell.Completers;

/// <summary>Suggests variables of the session that can be imported.</summary>
internal sealed class VariableCompleter : NameCompleter
{
    /// <inheritdoc/>
    protected override IEnumerable<string> Names(Shell shell, string pattern) => NamesOf(
        shell.AddCommand(@"Microsoft.PowerShell.Utility\Get-Variable").AddParameter("Name", pattern))
        .Where(name => !OwnVariables.IsAutomatic(name));
}
