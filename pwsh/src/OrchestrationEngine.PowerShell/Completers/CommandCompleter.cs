using System.Collections.Generic;
using System.Management.Automation;
using Shell = System.Management.Automation.PowerShell;

namespace OrchestrationEngine.PowerShell.Completers;

/// <summary>Suggests commands that are loaded in the session.</summary>
/// <param name="types">Of what kinds.</param>
internal abstract class CommandCompleter(CommandTypes types) : NameCompleter
{
    /// <inheritdoc/>
    protected override IEnumerable<string> Names(Shell shell, string pattern) => NamesOf(
        shell.AddCommand(@"Microsoft.PowerShell.Core\Get-Command")
            .AddParameter("Name", pattern)
            .AddParameter("CommandType", types)
            .AddParameter("ListImported"));
}
