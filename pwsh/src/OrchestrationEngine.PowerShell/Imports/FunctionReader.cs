using System;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using System.Management.Automation.Language;
using System.Reflection;
using OrchestrationEngine.PowerShell.Output;
using OrchestrationEngine.PowerShell.Runspaces;

namespace OrchestrationEngine.PowerShell.Imports;

/// <summary>Reads functions of the caller's session.</summary>
internal sealed class FunctionReader
{
    private const CommandTypes Functions = CommandTypes.Function | CommandTypes.Filter;

    // What a block may do is fixed when it is made; not public. Where it is not found, all are as the session.
    private static readonly PropertyInfo? ModeProperty =
        typeof(ScriptBlock).GetProperty("LanguageMode", BindingFlags.Instance | BindingFlags.NonPublic);

    private readonly CallerCommands _commands;
    private readonly PSLanguageMode _mode;
    private readonly Dictionary<string, FunctionImport> _found = new(StringComparer.OrdinalIgnoreCase);

    internal FunctionReader(CallerCommands commands, PSLanguageMode mode)
    {
        _commands = commands;
        _mode = mode;
    }

    /// <summary>Gets what was added, by name.</summary>
    internal ValueList<FunctionImport> Found =>
        new(_found.Values.OrderBy(function => function.Name, StringComparer.OrdinalIgnoreCase));

    /// <exception cref="ImportException">A name is unknown, or its function cannot be passed on.</exception>
    internal void Add(NamePatterns names)
    {
        foreach (var name in names.Names)
        {
            var function = _commands.Find<FunctionInfo>(name, Functions)
                ?? throw new ImportException(
                    ImportErrors.FunctionNotFound(name, _commands.All<FunctionInfo>(Functions).Select(known => known.Name)));
            Add(function);
        }

        if (names.HasPatterns)
        {
            foreach (var function in _commands.All<FunctionInfo>(Functions))
            {
                if (names.Match(function.Name) && _commands.IsOwn(function) && CanRun(function))
                {
                    Add(function);
                }
            }
        }
    }

    /// <exception cref="ImportException">The function cannot be passed on.</exception>
    internal void Add(FunctionInfo function)
    {
        if (!CanRun(function))
        {
            throw new ImportException(ImportErrors.FunctionIsOfOtherMode(function.Name));
        }

        var definition = function.ScriptBlock.Ast;
        var isFilter = function is FilterInfo || definition is FunctionDefinitionAst { IsFilter: true };
        _found[function.Name] = new FunctionImport(function.Name, isFilter, definition);
    }

    // In a worker it would be as free as the call.
    private bool CanRun(FunctionInfo function) =>
        _mode == PSLanguageMode.ConstrainedLanguage
        || ModeProperty?.GetValue(function.ScriptBlock) is not PSLanguageMode mode
        || mode == PSLanguageMode.FullLanguage;
}
