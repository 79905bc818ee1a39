using System;
using System.Collections;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using System.Management.Automation.Language;
using System.Text;
using OrchestrationEngine.PowerShell.Output;

namespace OrchestrationEngine.PowerShell.Runspaces;

/// <summary>
/// The values of the $using: expressions of a block, read once in the scope of the caller and handed on by reference.
/// PowerShell looks them up by a key made of the expression's text (PowerShell 7.6, PsUtils.GetUsingExpressionKey).
/// </summary>
internal static class UsingValues
{
    private const string ValueKey = "Value";

    private static readonly string[] ForEachNames = ["ForEach-Object", "foreach", "%"];
    private static readonly string[] OwnNames = ["Invoke-ParallelOrchestration"];

    /// <summary>Reads every $using: expression that belongs to one of the blocks itself.</summary>
    /// <param name="blocks">The blocks that will run in other runspaces.</param>
    /// <param name="caller">The session of the caller.</param>
    /// <exception cref="CallRefusedException">An expression has no value, or one that cannot be passed on.</exception>
    internal static Dictionary<string, object?> Read(IEnumerable<Ast> blocks, SessionState caller)
    {
        var values = new Dictionary<string, object?>();
        foreach (var block in blocks)
        {
            Read(block, caller, values);
        }

        return values;
    }

    private static void Read(Ast block, SessionState caller, Dictionary<string, object?> values)
    {
        foreach (var expression in block.FindAll(ast => ast is UsingExpressionAst, searchNestedScriptBlocks: true))
        {
            var usingExpression = (UsingExpressionAst)expression;
            var key = KeyOf(usingExpression);
            if (!values.ContainsKey(key) && !BelongsToInnerCall(usingExpression, block))
            {
                values.Add(key, Read(usingExpression, caller));
            }
        }
    }

    /// <summary>Gets the keys of the values that a block itself uses.</summary>
    internal static IEnumerable<string> KeysOf(Ast block) => block
        .FindAll(ast => ast is UsingExpressionAst, searchNestedScriptBlocks: true)
        .Cast<UsingExpressionAst>()
        .Where(expression => !BelongsToInnerCall(expression, block))
        .Select(KeyOf)
        .Distinct();

    /// <summary>Gets the text of the expression that a value was read from.</summary>
    internal static string TextOf(string key) => Encoding.Unicode.GetString(Convert.FromBase64String(key));

    // Only a plain variable is looked up without regard to case: an index such as ["AAAA"] must keep its own.
    private static string KeyOf(UsingExpressionAst expression)
    {
        var text = expression.ToString();
        text = expression.SubExpression is VariableExpressionAst ? text.ToLowerInvariant() : text;
        return Convert.ToBase64String(Encoding.Unicode.GetBytes(text));
    }

    // An inner parallel call reads its own $using: expressions, in the item's scope.
    private static bool BelongsToInnerCall(Ast expression, Ast block)
    {
        for (var ast = expression.Parent; ast is not null && ast != block; ast = ast.Parent)
        {
            if (ast is CommandAst command && command.Parent != block && IsParallelCall(command))
            {
                return IsInsideBlockOf(expression, command);
            }
        }

        return false;
    }

    private static bool IsParallelCall(CommandAst command)
    {
        var name = command.GetCommandName();
        if (name is null)
        {
            return false;
        }

        var bare = name[(name.LastIndexOf('\\') + 1)..];
        return OwnNames.Contains(bare, StringComparer.OrdinalIgnoreCase)
            || (ForEachNames.Contains(bare, StringComparer.OrdinalIgnoreCase)
                && command.CommandElements.OfType<CommandParameterAst>().Any(IsParallelParameter));
    }

    private static bool IsParallelParameter(CommandParameterAst parameter) =>
        parameter.ParameterName.StartsWith("pa", StringComparison.OrdinalIgnoreCase)
        && "Parallel".StartsWith(parameter.ParameterName, StringComparison.OrdinalIgnoreCase);

    private static bool IsInsideBlockOf(Ast expression, CommandAst command)
    {
        for (var ast = expression.Parent; ast != command; ast = ast.Parent)
        {
            if (ast is ScriptBlockExpressionAst)
            {
                return true;
            }
        }

        return false;
    }

    private static object? Read(UsingExpressionAst expression, SessionState caller)
    {
        var value = expression.SubExpression is VariableExpressionAst variable
            ? ReadVariable(expression, variable.VariablePath, caller)
            : Evaluate(expression, caller);
        return PlainValue.Of(value) is ScriptBlock
            ? throw new CallRefusedException(Errors.UsingIsScriptBlock(expression.ToString()))
            : value;
    }

    private static object? ReadVariable(UsingExpressionAst expression, VariablePath path, SessionState caller)
    {
        if (path.IsDriveQualified)
        {
            return Evaluate(expression, caller);
        }

        // Get, and not GetValue: a variable that is $null is defined.
        var variable = caller.PSVariable.Get(path.UserPath);
        return variable is null
            ? throw new CallRefusedException(Errors.UsingIsUndefined(expression.ToString(), null))
            : variable.Value;
    }

    // In a scope of its own below the caller's, so that the strict mode does not stay.
    private static object? Evaluate(UsingExpressionAst expression, SessionState caller)
    {
        var script = ScriptOf(expression);
        try
        {
            var results = caller.InvokeCommand.InvokeScript(useLocalScope: true, script, input: null, args: null);
            return ((Hashtable)results[0].BaseObject)[ValueKey];
        }
        catch (RuntimeException error) when (error.ErrorRecord.FullyQualifiedErrorId == "VariableIsUndefined")
        {
            throw new CallRefusedException(Errors.UsingIsUndefined(expression.ToString(), error));
        }
        catch (RuntimeException error)
        {
            throw new CallRefusedException(Errors.UsingCannotBeRead(expression.ToString(), error));
        }
    }

    // "Set-StrictMode -Version Latest; @{ Value = expression }": the table keeps a collection from being unrolled. Made
    // of the tree, because the text of an expression such as $using:a[1] still has its $using:.
    private static ScriptBlock ScriptOf(UsingExpressionAst expression)
    {
        var extent = expression.Extent;
        var strict = ((ScriptBlockAst)ScriptBlock.Create("Set-StrictMode -Version Latest").Ast).EndBlock.Statements[0];
        var name = new StringConstantExpressionAst(extent, ValueKey, StringConstantType.BareWord);
        var value = StatementOf((ExpressionAst)expression.SubExpression.Copy());
        var table = new HashtableAst(extent, [Tuple.Create<ExpressionAst, StatementAst>(name, value)]);
        var body = new StatementBlockAst(extent, [(StatementAst)strict.Copy(), StatementOf(table)], traps: null);
        return new ScriptBlockAst(extent, paramBlock: null, body, isFilter: false).GetScriptBlock();
    }

    private static PipelineAst StatementOf(ExpressionAst expression) =>
        new(expression.Extent, new CommandExpressionAst(expression.Extent, expression, redirections: null));
}
