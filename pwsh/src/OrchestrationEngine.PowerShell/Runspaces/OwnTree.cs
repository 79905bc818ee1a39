using System;
using System.Management.Automation.Language;
using System.Runtime.CompilerServices;

namespace OrchestrationEngine.PowerShell.Runspaces;

/// <summary>
/// The tree of a block as one thread has it. All have the same one, unless the block defines classes or enumerations
/// and is not part of a script, which has done so by then: each script block that is made of such a tree defines them
/// anew and writes that into the tree (PowerShell 7.6, TypeDefinitionAst.Type), so that workers with the same tree would
/// find each other's.
/// </summary>
internal static class OwnTree
{
    [ThreadStatic]
    private static ConditionalWeakTable<ScriptBlockAst, ScriptBlockAst>? _ofThread;

    /// <summary>Gets the tree that the calling thread may make script blocks of.</summary>
    internal static ScriptBlockAst Of(ScriptBlockAst tree) =>
        tree.Parent is null && DefinesTypes(tree) ? (_ofThread ??= []).GetValue(tree, ReadAgain) : tree;

    /// <summary>Says whether a tree defines classes or enumerations, in whatever depth.</summary>
    internal static bool DefinesTypes(ScriptBlockAst tree)
    {
        // To look at all of the tree is slow, so first at the text.
        var text = tree.Extent.Text;
        return (text.Contains("class", StringComparison.OrdinalIgnoreCase)
                || text.Contains("enum", StringComparison.OrdinalIgnoreCase))
            && tree.Find(ast => ast is TypeDefinitionAst, searchNestedScriptBlocks: true) is not null;
    }

    // A copy is not enough, since it has the names of types in common with the tree. All of the text, so that the block of
    // a filter keeps its lines and the namespaces that are used above it.
    private static ScriptBlockAst ReadAgain(ScriptBlockAst tree)
    {
        if (tree.Extent.StartScriptPosition.GetFullScript() is not { } text)
        {
            return tree;
        }

        var script = Parser.ParseInput(text, tree.Extent.File, out _, out var errors);
        var found = script.Find(ast => ast is ScriptBlockAst && IsAt(ast.Extent, tree.Extent), searchNestedScriptBlocks: true);
        return errors.Length == 0 && found is ScriptBlockAst same ? BlockTree.Of(same) : tree;
    }

    private static bool IsAt(IScriptExtent one, IScriptExtent other) =>
        one.StartOffset == other.StartOffset && one.EndOffset == other.EndOffset;
}
