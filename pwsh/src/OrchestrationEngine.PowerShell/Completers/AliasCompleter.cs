using System.Management.Automation;

namespace OrchestrationEngine.PowerShell.Completers;

/// <summary>Suggests aliases of the session.</summary>
internal sealed class AliasCompleter() : CommandCompleter(CommandTypes.Alias);
