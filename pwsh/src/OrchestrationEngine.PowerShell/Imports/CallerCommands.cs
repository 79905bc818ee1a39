using System;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using System.Management.Automation.Runspaces;

namespace OrchestrationEngine.PowerShell.Imports;

/// <summary>Commands that the caller's session has by itself, not from a module or from PowerShell.</summary>
/// <param name="caller">The caller's session. Used on its thread.</param>
internal sealed class CallerCommands(SessionState caller)
{
    private static readonly Lazy<Dictionary<string, string>> DefaultFunctions = new(() => Defaults(
        (SessionStateFunctionEntry function) => function.Definition));

    private static readonly Lazy<Dictionary<string, string>> DefaultAliases = new(() => Defaults(
        (SessionStateAliasEntry alias) => alias.Definition));

    /// <summary>Finds one command by its name, wherever it comes from; null if there is none.</summary>
    internal T? Find<T>(string name, CommandTypes types)
        where T : CommandInfo => caller.InvokeCommand.GetCommand(name, types) as T;

    /// <summary>All commands of a kind that are loaded, wherever they come from.</summary>
    internal IEnumerable<T> All<T>(CommandTypes types)
        where T : CommandInfo =>
        caller.InvokeCommand.GetCommands("*", types, nameIsPattern: true)
            .OfType<T>()
            .DistinctBy(command => command.Name, StringComparer.OrdinalIgnoreCase)
            .OrderBy(command => command.Name, StringComparer.OrdinalIgnoreCase);

    /// <summary>
    /// Whether a wildcard stands for a command: those of modules come by their module, but a module that makes a call
    /// means its own.
    /// </summary>
    internal bool IsOwn(CommandInfo command) =>
        (command.Module is null || (caller.Module is { } module && command.Module.Path == module.Path))
        && !IsDefault(command);

    private static bool IsDefault(CommandInfo command) =>
        (command is AliasInfo ? DefaultAliases : DefaultFunctions).Value.TryGetValue(command.Name, out var definition)
        && definition == command.Definition;

    private static Dictionary<string, string> Defaults<T>(Func<T, string> definitionOf)
        where T : SessionStateCommandEntry =>
        InitialSessionState.CreateDefault2().Commands
            .OfType<T>()
            .DistinctBy(entry => entry.Name, StringComparer.OrdinalIgnoreCase)
            .ToDictionary(entry => entry.Name, definitionOf, StringComparer.OrdinalIgnoreCase);
}
