using System;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using System.Management.Automation.Language;

namespace OrchestrationEngine.PowerShell.Runspaces;

/// <summary>What the text of a block says about how it must be run.</summary>
internal static class BlockAnalysis
{
    private static readonly HashSet<string> LeavingCommands = new(StringComparer.OrdinalIgnoreCase)
    {
        "New-PSDrive", "Remove-PSDrive", "Set-PSDebug", "Set-PSBreakpoint", "Update-TypeData", "Update-FormatData",
        "Register-ObjectEvent", "Register-EngineEvent", "Register-CimIndicationEvent", "New-Event", "Set-StrictMode",

        // What these run is not seen here.
        "Invoke-Expression", "iex",
    };

    private static readonly HashSet<string> ScopedCommands = new(StringComparer.OrdinalIgnoreCase)
    {
        "Set-Variable", "New-Variable", "Remove-Variable", "Clear-Variable", "Set-Alias", "New-Alias", "Remove-Alias",
        "Set-Item", "New-Item", "Set-Content", "sv", "nv", "rv", "clv", "sal", "nal", "si", "ni", "sc",
    };

    /// <summary>
    /// Whether an item may leave something behind in its runspace beyond its own scope, so that the runspace must be
    /// reset before the next item.
    /// </summary>
    internal static bool LeavesTraces(Ast block) =>
        block.Find(LeavesTrace, searchNestedScriptBlocks: true) is not null;

    /// <summary>Whether the block has more than one plain body: param, begin, process, clean or dynamicparam.</summary>
    internal static bool HasClauses(ScriptBlockAst block) =>
        block.ParamBlock is not null
        || block.BeginBlock is not null
        || block.ProcessBlock is not null
        || block.DynamicParamBlock is not null
        || block.EndBlock is null or { Unnamed: false }
        || HasCleanBlock(block);

    private static bool HasCleanBlock(ScriptBlockAst block) =>
        // PowerShell 7.3 and later; not in the reference assembly. Looking by name is slow, so first at the text.
        block.Extent.Text.Contains("clean", StringComparison.OrdinalIgnoreCase)
        && typeof(ScriptBlockAst).GetProperty("CleanBlock")?.GetValue(block) is not null;

    private static bool LeavesTrace(Ast ast) => ast switch
    {
        AssignmentStatementAst assignment => WritesOutside(assignment.Left),
        ForEachStatementAst loop => WritesOutside(loop.Variable),
        VariableExpressionAst variable => IsSessionObject(variable.VariablePath),
        UnaryExpressionAst { TokenKind: TokenKind.PlusPlus or TokenKind.MinusMinus
            or TokenKind.PostfixPlusPlus or TokenKind.PostfixMinusMinus } unary => WritesOutside(unary.Child),
        FunctionDefinitionAst function => IsOutside(new VariablePath(function.Name)),
        CommandAst command => RunsLeavingCommand(command),
        _ => false,
    };

    private static bool WritesOutside(Ast target) =>
        target.Find(
            ast => ast is VariableExpressionAst variable && IsOutside(variable.VariablePath),
            searchNestedScriptBlocks: false) is not null;

    private static bool IsOutside(VariablePath path) =>
        path.IsGlobal || path.IsScript
        || (path.IsDriveQualified
            && path.DriveName is { } drive
            && (drive.Equals("function", StringComparison.OrdinalIgnoreCase)
                || drive.Equals("alias", StringComparison.OrdinalIgnoreCase)
                || drive.Equals("variable", StringComparison.OrdinalIgnoreCase)));

    // Objects of the session itself, through which anything in it can be changed.
    private static bool IsSessionObject(VariablePath path) =>
        path.UserPath.Equals("PSDefaultParameterValues", StringComparison.OrdinalIgnoreCase)
        || path.UserPath.Equals("ExecutionContext", StringComparison.OrdinalIgnoreCase);

    private static bool RunsLeavingCommand(CommandAst command)
    {
        var name = command.GetCommandName();
        if (name is null)
        {
            // A block that stands here is seen by itself; what a variable or a text names may do anything.
            return command.CommandElements[0] is not ScriptBlockExpressionAst;
        }

        return LeavingCommands.Contains(name)
            || name.EndsWith(".ps1", StringComparison.OrdinalIgnoreCase)
            || command.CommandElements.Skip(1).Any(NamesOuterScope)
            || (ScopedCommands.Contains(name) && command.CommandElements.Any(MayNameScope));
    }

    private static bool MayNameScope(CommandElementAst element) => element switch
    {
        CommandParameterAst parameter => parameter.ParameterName.StartsWith("s", StringComparison.OrdinalIgnoreCase)
            && "Scope".StartsWith(parameter.ParameterName, StringComparison.OrdinalIgnoreCase),
        VariableExpressionAst variable => variable.Splatted,
        _ => false,
    };

    // global:x as a name of Set-Variable, of -OutVariable, or in a path such as variable:global:x.
    private static bool NamesOuterScope(CommandElementAst element)
    {
        var text = element switch
        {
            StringConstantExpressionAst constant => constant.Value,
            ExpandableStringExpressionAst expandable => expandable.Value,
            CommandParameterAst { Argument: StringConstantExpressionAst constant } => constant.Value,
            _ => string.Empty,
        };
        return text.Contains("global:", StringComparison.OrdinalIgnoreCase)
            || text.Contains("script:", StringComparison.OrdinalIgnoreCase)
            || (text.Length > 0 && IsOutside(new VariablePath(text)));
    }
}
