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
        foreach (var function in _commands.Named<FunctionInfo>(names, Functions, ImportErrors.FunctionNotFound))
        {
            Add(function);
        }

        foreach (var function in _commands.Matching<FunctionInfo>(names, Functions))
        {
            if (FunctionImport.CanRun(function, _mode))
            {
                Add(function);
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
