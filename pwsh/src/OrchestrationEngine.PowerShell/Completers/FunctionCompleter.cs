using System.Management.Automation;

namespace OrchestrationEngine.PowerShell.Completers;

/// <summary>Suggests functions of the session.</summary>
internal sealed class FunctionCompleter() : CommandCompleter(CommandTypes.Function | CommandTypes.Filter);
