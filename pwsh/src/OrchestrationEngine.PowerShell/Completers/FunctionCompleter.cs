using System.Collections.Generic;
using System.Management.Automation;
using Shell = System.Management.Automation.PowerShell;

namespace OrchestrationEngine.PowerShell.Completers;

/// <summary>Suggests functions of the session.</summary>
internal sealed class FunctionCompleter : NameCompleter
{
    /// <inheritdoc/>
    protected override IEnumerable<string> Names(Shell shell, string pattern) => NamesOf(
        shell.AddCommand(@"Microsoft.PowerShell.Core\Get-Command")
            .AddParameter("Name", pattern)
            .AddParameter("CommandType", CommandTypes.Function | CommandTypes.Filter)
            .AddParameter("ListImported"));
}
