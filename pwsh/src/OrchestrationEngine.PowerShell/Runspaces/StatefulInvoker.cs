using System;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using System.Management.Automation.Language;

namespace OrchestrationEngine.PowerShell.Runspaces;

/// <summary>
/// Runs a block as one stage of a pipeline for all items of a worker: begin once, process for each item, end once, all
/// in one scope. A block without clauses is taken as process. An item that ends the stage by an error or by exit,
/// break or continue ends its state too: the next item begins a new one.
/// </summary>
internal sealed class StatefulInvoker : BlockInvoker, IDisposable
{
    private static readonly ScriptBlock Stage = ScriptBlock.Create("param($block) & $block");

    // Slower, and for blocks that define classes: a copy of a class's tree makes a class without its constructors.
    private static readonly ScriptBlock StageAround = ScriptBlock.Create(
        "param($block) & { param($__block) process { . $__block } } $block");

    private readonly ScriptBlock _stageScript;
    private readonly object[] _block;
    private readonly EngineIntrinsics _runner;
    private SteppablePipeline? _stage;

    internal StatefulInvoker(PSCmdlet runner, ScriptBlockAst block)
    {
        _runner = (EngineIntrinsics)runner.SessionState.PSVariable.GetValue("ExecutionContext");
        var (hasClauses, definesTypes) = (BlockAnalysis.HasClauses(block), OwnTree.DefinesTypes(block));
        _stageScript = definesTypes && !hasClauses ? StageAround : Stage;
        _block = [(hasClauses || definesTypes ? block : AsProcess(block)).GetScriptBlock()];
    }

    /// <inheritdoc/>
    internal override void Invoke(object? item)
    {
        var stage = _stage;
        _stage = null;
        stage ??= Begin();
        stage.Process(item);
        _stage = stage;
    }

    /// <summary>Runs the end of the block, if it has begun.</summary>
    internal void End()
    {
        var stage = _stage;
        _stage = null;
        stage?.End();
        stage?.Dispose();
    }

    /// <inheritdoc/>
    public void Dispose() => _stage?.Dispose();

    private SteppablePipeline Begin()
    {
        var stage = ((ScriptBlockAst)_stageScript.Ast).GetScriptBlock().GetSteppablePipeline(CommandOrigin.Internal, _block);
        stage.Begin(expectInput: true, _runner);
        return stage;
    }

    private static ScriptBlockAst AsProcess(ScriptBlockAst block)
    {
        var statements = block.EndBlock.Statements.Select(statement => (StatementAst)statement.Copy());
        var traps = block.EndBlock.Traps?.Select(trap => (TrapStatementAst)trap.Copy()) ?? [];
        var body = new StatementBlockAst(block.EndBlock.Extent, statements, traps);
        var process = new NamedBlockAst(block.EndBlock.Extent, TokenKind.Process, body, unnamed: false);
        return new ScriptBlockAst(
            block.Extent, paramBlock: null, beginBlock: null, processBlock: process, endBlock: null, dynamicParamBlock: null);
    }
}
