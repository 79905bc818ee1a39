using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using System.Management.Automation.Language;
using System.Management.Automation.Runspaces;
using System.Runtime.CompilerServices;
using OrchestrationEngine.PowerShell.Output;
using Shell = System.Management.Automation.PowerShell;

namespace OrchestrationEngine.PowerShell.Runspaces;

/// <summary>
/// A function that is the value of a $using: expression, as <c>Get-Command</c> gives it. The caller's own one runs in
/// the caller's scopes on whatever thread calls it, and several at once leave that session broken (PowerShell 7.6: its
/// commands are no longer found). So each runspace makes one of its own, once a call.
/// </summary>
internal sealed class UsingFunction
{
    private readonly string _name;
    private readonly ScriptBlockAst _script;
    private readonly ConditionalWeakTable<Runspace, PSObject> _made = [];

    private UsingFunction(FunctionImport function)
    {
        _name = WildcardPattern.Escape(function.Name);
        _script = FunctionImport.ScriptOf([function]);
    }

    /// <summary>Finds the functions among values; those of modules, which need their module, are left as they are.</summary>
    /// <param name="values">The values of $using: expressions, by their keys.</param>
    /// <param name="mode">The language mode of the runspaces, in which a function must not do more than before.</param>
    internal static Dictionary<string, UsingFunction> Find(Dictionary<string, object?> values, PSLanguageMode mode)
    {
        var found = new Dictionary<string, UsingFunction>();
        foreach (var (key, value) in values)
        {
            if (PlainValue.Of(value) is FunctionInfo { Module: null } function && FunctionImport.CanRun(function, mode))
            {
                found.Add(key, new UsingFunction(FunctionImport.Of(function)));
            }
        }

        return found;
    }

    /// <summary>Gives the values of a call, with functions that belong to a runspace in which nothing runs.</summary>
    internal static Dictionary<string, object?> ValuesFor(Runspace runspace, CallSettings settings) =>
        settings.UsingFunctions.Count == 0
            ? settings.UsingValues
            : settings.UsingValues.ToDictionary(
                pair => pair.Key,
                pair => settings.UsingFunctions.TryGetValue(pair.Key, out var own) ? own._made.GetValue(runspace, own.MakeIn) : pair.Value);

    // In a scope of its own: known by the object only, and not by its name.
    private PSObject MakeIn(Runspace runspace)
    {
        using var shell = Shell.Create();
        shell.Runspace = runspace;
        const string Make =
            @"param($script, $name) . $script; Microsoft.PowerShell.Core\Get-Command -Name $name -CommandType Function, Filter";
        return shell.AddScript(Make, useLocalScope: true)
            .AddArgument(_script.GetScriptBlock()).AddArgument(_name).Invoke().First();
    }
}
