using System;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using System.Management.Automation.Runspaces;
using OrchestrationEngine.PowerShell.Runspaces;

namespace OrchestrationEngine.PowerShell.Imports;

/// <summary>Commands that the caller's session has by itself, not from a module or from PowerShell.</summary>
/// <param name="caller">The caller's session. Used on its thread.</param>
internal sealed class CallerCommands(SessionState caller)
{
    private static readonly Lazy<Dictionary<string, string>> DefaultFunctions = new(() => Defaults(
        (SessionStateFunctionEntry function) => function.Definition));

    private static readonly Lazy<Dictionary<string, string>> DefaultAliases = new(() => Defaults(
        (SessionStateAliasEntry alias) => alias.Definition));

    /// <summary>The commands that were asked for one by one, wherever they come from.</summary>
    /// <param name="names">The names.</param>
    /// <param name="types">Of what kind they are.</param>
    /// <param name="notFound">Makes the error for a name that there is not, of that and those that there are.</param>
    /// <exception cref="CallRefusedException">There is no such command; thrown when its turn comes.</exception>
    internal IEnumerable<T> Named<T>(
        NamePatterns names, CommandTypes types, Func<string, IEnumerable<string>, ErrorRecord> notFound)
        where T : CommandInfo => names.Names.Select(
            name => caller.InvokeCommand.GetCommand(name, types) as T
                ?? throw new CallRefusedException(notFound(name, All<T>(types).Select(known => known.Name))));

    /// <summary>The caller's own commands that the patterns stand for.</summary>
    /// <param name="names">The patterns.</param>
    /// <param name="types">Of what kind they are.</param>
    internal IEnumerable<T> Matching<T>(NamePatterns names, CommandTypes types)
        where T : CommandInfo =>
        names.HasPatterns ? All<T>(types).Where(command => names.Match(command.Name) && IsOwn(command)) : [];

    /// <summary>
    /// Whether a wildcard stands for a command: those of modules come by their module, but a module that makes a call
    /// means its own.
    /// </summary>
    internal bool IsOwn(CommandInfo command) =>
        (command.Module is null || (caller.Module is { } module && command.Module.Path == module.Path))
        && !IsDefault(command);

    private IEnumerable<T> All<T>(CommandTypes types)
        where T : CommandInfo =>
        caller.InvokeCommand.GetCommands("*", types, nameIsPattern: true)
            .OfType<T>()
            .DistinctBy(command => command.Name, StringComparer.OrdinalIgnoreCase)
            .OrderBy(command => command.Name, StringComparer.OrdinalIgnoreCase);

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
