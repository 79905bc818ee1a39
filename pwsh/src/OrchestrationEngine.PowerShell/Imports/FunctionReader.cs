using System;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using OrchestrationEngine.PowerShell.Output;
using OrchestrationEngine.PowerShell.Runspaces;

namespace OrchestrationEngine.PowerShell.Imports;

/// <summary>Reads functions of the caller's session.</summary>
internal sealed class FunctionReader
{
    private const CommandTypes Functions = CommandTypes.Function | CommandTypes.Filter;

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

    /// <exception cref="CallRefusedException">A name is unknown, or its function cannot be passed on.</exception>
    internal void Add(NamePatterns names)
    {
        foreach (var name in names.Names)
        {
            var function = _commands.Find<FunctionInfo>(name, Functions)
                ?? throw new CallRefusedException(
                    ImportErrors.FunctionNotFound(name, _commands.All<FunctionInfo>(Functions).Select(known => known.Name)));
            Add(function);
        }

        if (names.HasPatterns)
        {
            foreach (var function in _commands.All<FunctionInfo>(Functions))
            {
                if (names.Match(function.Name) && _commands.IsOwn(function) && FunctionImport.CanRun(function, _mode))
                {
                    Add(function);
                }
            }
        }
    }

    /// <exception cref="CallRefusedException">The function cannot be passed on.</exception>
    internal void Add(FunctionInfo function)
    {
        if (!FunctionImport.CanRun(function, _mode))
        {
            throw new CallRefusedException(ImportErrors.FunctionIsOfOtherMode(function.Name));
        }

        _found[function.Name] = FunctionImport.Of(function);
    }
}
