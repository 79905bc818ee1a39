using System;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using System.Management.Automation.Language;
using System.Reflection;

namespace OrchestrationEngine.PowerShell.Runspaces;

/// <summary>
/// A function of the caller, as it was written: its tree belongs to no runspace and keeps file and line. Equal to one of
/// the same name and text from the same place.
/// </summary>
/// <param name="Name">The name, without a scope.</param>
/// <param name="IsFilter">Whether it is a filter.</param>
/// <param name="Definition">The definition; or the script block that was put into the function: drive.</param>
internal sealed record FunctionImport(string Name, bool IsFilter, Ast Definition)
{
    // What a block may do is fixed when it is made; not public. Where it is not found, all are as the session.
    private static readonly PropertyInfo? ModeProperty =
        typeof(ScriptBlock).GetProperty("LanguageMode", HiddenMembers.OfObjects);

    /// <inheritdoc/>
    public bool Equals(FunctionImport? other) =>
        other is not null
        && IsFilter == other.IsFilter
        && Name.Equals(other.Name, StringComparison.OrdinalIgnoreCase)
        && (ReferenceEquals(Definition, other.Definition) || IsSamePlace(Definition.Extent, other.Definition.Extent));

    /// <inheritdoc/>
    public override int GetHashCode() =>
        HashCode.Combine(StringComparer.OrdinalIgnoreCase.GetHashCode(Name), Definition.Extent.StartOffset);

    /// <summary>Whether a function may do no more in a worker of a language mode than where it was made.</summary>
    internal static bool CanRun(FunctionInfo function, PSLanguageMode mode) =>
        mode == PSLanguageMode.ConstrainedLanguage
        || ModeProperty?.GetValue(function.ScriptBlock) is not PSLanguageMode own
        || own == PSLanguageMode.FullLanguage;

    /// <summary>Takes a function of a session as it was written.</summary>
    internal static FunctionImport Of(FunctionInfo function)
    {
        var definition = function.ScriptBlock.Ast;
        var isFilter = function is FilterInfo || definition is FunctionDefinitionAst { IsFilter: true };
        return new FunctionImport(function.Name, isFilter, definition);
    }

    /// <summary>Makes a script that defines functions in the scope that it is run in, on whatever thread.</summary>
    /// <param name="functions">The functions; at least one.</param>
    internal static ScriptBlockAst ScriptOf(IReadOnlyList<FunctionImport> functions)
    {
        var extent = functions[0].Definition.Extent;
        var body = new StatementBlockAst(extent, functions.Select(function => function.Copy()), traps: null);
        return BlockTree.Share(new ScriptBlockAst(extent, paramBlock: null, body, isFilter: false));
    }

    // By its own name: that of the definition may say a scope, or be another since Rename-Item.
    private FunctionDefinitionAst Copy() => Definition is FunctionDefinitionAst function
        ? New(function.Extent, ParametersOf(function), function.Body)
        : New(Definition.Extent, parameters: null, (ScriptBlockAst)Definition);

    private FunctionDefinitionAst New(IScriptExtent extent, IEnumerable<ParameterAst>? parameters, ScriptBlockAst body) =>
        new(
            extent,
            IsFilter,
            isWorkflow: false,
            Name,
            parameters?.Select(parameter => (ParameterAst)parameter.Copy()),
            (ScriptBlockAst)body.Copy());

    // Those of "function f($a) { }". Public, but not in the reference assembly.
    private static IEnumerable<ParameterAst>? ParametersOf(FunctionDefinitionAst function) =>
        (IEnumerable<ParameterAst>?)typeof(FunctionDefinitionAst).GetProperty("Parameters")!.GetValue(function);

    private static bool IsSamePlace(IScriptExtent one, IScriptExtent other) =>
        one.StartOffset == other.StartOffset
        && one.StartLineNumber == other.StartLineNumber
        && one.File == other.File
        && one.Text == other.Text;
}
