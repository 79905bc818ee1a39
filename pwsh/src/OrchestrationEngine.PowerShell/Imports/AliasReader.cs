using System;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using OrchestrationEngine.PowerShell.Output;
using OrchestrationEngine.PowerShell.Runspaces;

namespace OrchestrationEngine.PowerShell.Imports;

/// <summary>Reads aliases of the caller's session, and what they stand for.</summary>
/// <param name="commands">The caller's commands.</param>
/// <param name="functions">Gets the caller's functions that an alias stands for.</param>
/// <param name="modules">Gets the modules whose commands an alias stands for.</param>
internal sealed class AliasReader(CallerCommands commands, FunctionReader functions, ModuleReader modules)
{
    private readonly Dictionary<string, AliasImport> _found = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Gets what was added, by name.</summary>
    internal ValueList<AliasImport> Found =>
        new(_found.Values.OrderBy(alias => alias.Name, StringComparer.OrdinalIgnoreCase));

    /// <exception cref="CallRefusedException">A name is unknown, or what it stands for cannot be passed on.</exception>
    internal void Add(NamePatterns names)
    {
        var named = commands.Named<AliasInfo>(names, CommandTypes.Alias, ImportErrors.AliasNotFound);
        foreach (var alias in named.Concat(commands.Matching<AliasInfo>(names, CommandTypes.Alias)))
        {
            Add(alias);
        }
    }

    private void Add(AliasInfo alias)
    {
        if (!_found.TryAdd(alias.Name, new AliasImport(alias.Name, alias.Definition)))
        {
            return;
        }

        // An alias is of no use without its command; what PowerShell finds by itself needs no import.
        switch (alias.ReferencedCommand)
        {
            case AliasInfo other:
                Add(other);
                break;
            case FunctionInfo function when commands.IsOwn(function):
                functions.Add(function);
                break;
            case { Module: { } module }:
                modules.AddUnlessFound(module);
                break;
        }
    }
}
