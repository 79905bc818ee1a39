using System;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using System.Management.Automation.Language;
using OrchestrationEngine.PowerShell.Output;
using OrchestrationEngine.PowerShell.Runspaces;

namespace OrchestrationEngine.PowerShell.Imports;

/// <summary>Reads variables of the caller's session, as far as they are visible where the call is made.</summary>
/// <param name="caller">The caller's session. Used on its thread.</param>
/// <param name="block">The block that will see the variables.</param>
internal sealed class VariableReader(SessionState caller, ScriptBlockAst block)
{
    private readonly Dictionary<string, object?> _found = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Gets what was added, by name, by reference.</summary>
    internal IReadOnlyDictionary<string, object?> Found => _found;

    /// <exception cref="CallRefusedException">A name is unknown, or its value cannot be passed on.</exception>
    internal void Add(NamePatterns names)
    {
        foreach (var name in names.Names)
        {
            var variable = caller.PSVariable.Get(name)
                ?? throw new CallRefusedException(ImportErrors.VariableNotFound(
                    name, Visible().Select(known => known.Name).Where(known => !OwnVariables.IsAutomatic(known))));
            Add(variable);
        }

        if (names.HasPatterns)
        {
            var mentioned = new Lazy<HashSet<string>>(NamesInBlock);
            foreach (var variable in Visible())
            {
                if (names.Match(variable.Name) && IsTaken(variable, mentioned))
                {
                    _found[variable.Name] = variable.Value;
                }
            }
        }
    }

    private void Add(PSVariable variable)
    {
        if (OwnVariables.IsAutomatic(variable.Name))
        {
            throw new CallRefusedException(ImportErrors.VariableIsAutomatic(variable.Name));
        }

        if (IsScriptBlock(variable.Value))
        {
            throw new CallRefusedException(ImportErrors.VariableIsScriptBlock(variable.Name));
        }

        _found[variable.Name] = variable.Value;
    }

    private IEnumerable<PSVariable> Visible() =>
        caller.InvokeProvider.ChildItem.Get("Variable:", recurse: false)
            .Select(item => item.BaseObject)
            .OfType<PSVariable>();

    // An object of a class of the caller's makes items run one at a time, so it must be meant.
    private static bool IsTaken(PSVariable variable, Lazy<HashSet<string>> mentioned) =>
        !OwnVariables.IsAutomatic(variable.Name)
        && !OwnVariables.IsPreference(variable.Name)
        && !variable.Name.Contains(':', StringComparison.Ordinal)
        && !IsScriptBlock(variable.Value)
        && (!ClassAffinity.IsBound(variable.Value) || mentioned.Value.Contains(variable.Name));

    private static bool IsScriptBlock(object? value) => PlainValue.Of(value) is ScriptBlock;

    private HashSet<string> NamesInBlock() =>
        block.FindAll(ast => ast is VariableExpressionAst, searchNestedScriptBlocks: true)
            .Select(ast => Unqualified(((VariableExpressionAst)ast).VariablePath.UserPath))
            .ToHashSet(StringComparer.OrdinalIgnoreCase);

    private static string Unqualified(string path) => path[(path.LastIndexOf(':') + 1)..];
}
