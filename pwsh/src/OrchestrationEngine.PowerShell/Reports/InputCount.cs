using System;
using System.Collections;
using System.Collections.ObjectModel;
using System.Linq;
using System.Management.Automation;
using System.Management.Automation.Language;
using System.Management.Automation.Runspaces;
using OrchestrationEngine.PowerShell.Output;

namespace OrchestrationEngine.PowerShell.Reports;

/// <summary>
/// Finds out how much input a cmdlet will get before it gets it. PowerShell does not say; but where the pipeline begins
/// with a list, a range or a variable, the script that runs does. Nothing is run for it: what would have to be is not
/// counted.
/// </summary>
internal static class InputCount
{
    /// <summary>Counts the input of a cmdlet; to be called before it gets the first.</summary>
    /// <param name="cmdlet">The cmdlet, on its own thread.</param>
    /// <returns>How many inputs come, or null if that cannot be known.</returns>
    internal static long? Of(PSCmdlet cmdlet)
    {
        // Only what is first among the commands can have an expression before it.
        if (!cmdlet.MyInvocation.ExpectingInput || cmdlet.MyInvocation.PipelinePosition != 1)
        {
            return null;
        }

        var statement = Runspace.DefaultRunspace?.Debugger?.GetCallStack().FirstOrDefault()?.Position?.Text;
        return statement is null ? null : CountOf(SourceIn(statement, cmdlet.MyInvocation.InvocationName), cmdlet);
    }

    // The statement may hold several pipelines; with two that could be meant, none is. Those of its script blocks are
    // statements of their own.
    private static ExpressionAst? SourceIn(string statement, string command)
    {
        var sources = Parser.ParseInput(statement, out _, out _)
            .FindAll(ast => ast is PipelineAst, searchNestedScriptBlocks: false)
            .Select(pipeline => SourceOf(((PipelineAst)pipeline).PipelineElements, command))
            .Where(source => source is not null)
            .Take(2)
            .ToArray();
        return sources.Length == 1 ? sources[0] : null;
    }

    private static ExpressionAst? SourceOf(ReadOnlyCollection<CommandBaseAst> elements, string command) =>
        elements.Count > 1
        && elements[0] is CommandExpressionAst { Redirections.Count: 0 } first
        && elements[1] is CommandAst next
        && string.Equals(next.GetCommandName(), command, StringComparison.OrdinalIgnoreCase)
            ? first.Expression
            : null;

    private static long? CountOf(ExpressionAst? source, PSCmdlet cmdlet) => source switch
    {
        ParenExpressionAst { Pipeline: PipelineAst { PipelineElements: [CommandExpressionAst inner] } } =>
            CountOf(inner.Expression, cmdlet),
        ArrayLiteralAst list => list.Elements.Count,
        BinaryExpressionAst { Operator: TokenKind.DotDot } range => LengthOf(range, cmdlet),
        VariableExpressionAst variable => CountOf(ValueOf(variable, cmdlet)),
        _ => null,
    };

    private static long? LengthOf(BinaryExpressionAst range, PSCmdlet cmdlet) =>
        NumberOf(range.Left, cmdlet) is { } first && NumberOf(range.Right, cmdlet) is { } last
            ? Math.Abs((long)last - first) + 1
            : null;

    private static int? NumberOf(ExpressionAst ast, PSCmdlet cmdlet) => ast switch
    {
        ConstantExpressionAst { Value: int number } => number,
        VariableExpressionAst variable => ValueOf(variable, cmdlet) as int?,
        _ => null,
    };

    // A variable of a provider, such as $env:x, would have to be asked.
    private static object? ValueOf(VariableExpressionAst variable, PSCmdlet cmdlet)
    {
        var value = variable.Splatted || variable.VariablePath.IsDriveQualified
            ? null
            : cmdlet.GetVariableValue(variable.VariablePath.UserPath);
        return PlainValue.Of(value);
    }

    // What a pipeline takes apart and counts without reading it.
    private static long? CountOf(object? value) => value is IList list ? list.Count : null;
}
