using System;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation.Language;

namespace OrchestrationEngine.PowerShell.Runspaces;

/// <summary>Looks for traces that a block leaves through the imported functions that it calls.</summary>
internal sealed class TraceAnalysis
{
    private readonly Dictionary<string, FunctionImport> _functions;
    private readonly Dictionary<string, string> _aliases;
    private readonly HashSet<string> _seen = new(StringComparer.OrdinalIgnoreCase);

    private TraceAnalysis(SessionRecipe recipe)
    {
        _functions = recipe.Functions.ToDictionary(
            function => function.Name, function => function, StringComparer.OrdinalIgnoreCase);
        _aliases = recipe.Aliases.ToDictionary(
            alias => alias.Name, alias => alias.Definition, StringComparer.OrdinalIgnoreCase);
    }

    /// <summary>Whether an item may leave something behind in its runspace beyond its own scope.</summary>
    internal static bool LeavesTraces(ScriptBlockAst block, SessionRecipe recipe) =>
        recipe.Functions.Count == 0
            ? BlockAnalysis.LeavesTraces(block)
            : new TraceAnalysis(recipe).LeavesTraces(block);

    private bool LeavesTraces(Ast ast) => BlockAnalysis.LeavesTraces(ast) || Called(ast).Any(LeavesTraces);

    // Each function once: they may call each other.
    private IEnumerable<Ast> Called(Ast ast)
    {
        foreach (var command in ast.FindAll(found => found is CommandAst, searchNestedScriptBlocks: true))
        {
            var name = ((CommandAst)command).GetCommandName() ?? string.Empty;
            if (_aliases.TryGetValue(name, out var definition))
            {
                name = definition;
            }

            if (_functions.TryGetValue(name, out var function) && _seen.Add(name))
            {
                yield return function.Definition;
            }
        }
    }
}
