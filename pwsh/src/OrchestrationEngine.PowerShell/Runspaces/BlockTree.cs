using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using System.Management.Automation.Language;

namespace OrchestrationEngine.PowerShell.Runspaces;

/// <summary>The tree of a script block, of which each runspace makes a block of its own.</summary>
internal static class BlockTree
{
    /// <summary>Gets the tree that runs as the text of the block would.</summary>
    internal static ScriptBlockAst Of(ScriptBlock block) => Of(block.Ast);

    /// <summary>Gets the tree that runs as the text of a block would, of which the parser has made a tree.</summary>
    internal static ScriptBlockAst Of(ScriptBlockAst block) => Of(block.Parent is FunctionDefinitionAst function ? function : (Ast)block);

    /// <summary>
    /// Makes a tree that was put together, and not parsed, fit for any number of threads that make script blocks of it at
    /// once: the first that does so writes to the tree.
    /// </summary>
    /// <returns>The tree.</returns>
    internal static ScriptBlockAst Share(ScriptBlockAst tree)
    {
        tree.GetScriptBlock();
        return tree;
    }

    private static ScriptBlockAst Of(Ast ast) => ast switch
    {
        // The script block of a function knows its body by the function's definition.
        FunctionDefinitionAst { IsFilter: true, Body.ProcessBlock: { Unnamed: true } body } filter => BodyOf(filter, body),
        FunctionDefinitionAst function => function.Body,
        var tree => (ScriptBlockAst)tree,
    };

    // The body of a filter is a process block, in which an item is not in $_; that of the same text by itself is none.
    private static ScriptBlockAst BodyOf(FunctionDefinitionAst filter, NamedBlockAst body) => Share(new(
        filter.Body.Extent,
        NamespacesOf(filter).Select(Copy).ToArray(),
        (ParamBlockAst?)filter.Body.ParamBlock?.Copy(),
        new StatementBlockAst(
            body.Extent,
            body.Statements.Select(statement => (StatementAst)statement.Copy()),
            body.Traps?.Select(trap => (TrapStatementAst)trap.Copy())),
        isFilter: false,
        isConfiguration: false));

    // A statement's own Copy fails (PowerShell 7.6): it takes the name along without a copy.
    private static UsingStatementAst Copy(UsingStatementAst statement) =>
        new(statement.Extent, statement.UsingStatementKind, (StringConstantExpressionAst)statement.Name.Copy());

    private static IEnumerable<UsingStatementAst> NamespacesOf(Ast tree)
    {
        while (tree.Parent is not null)
        {
            tree = tree.Parent;
        }

        return ((ScriptBlockAst)tree).UsingStatements.Where(
            statement => statement.UsingStatementKind == UsingStatementKind.Namespace);
    }
}
