using System;
using System.Globalization;
using System.Linq;
using System.Management.Automation;
using System.Management.Automation.Internal;
using System.Management.Automation.Language;
using System.Management.Automation.Runspaces;

namespace OrchestrationEngine.PowerShell.Runspaces;

/// <summary>
/// Runs a block once for an item: in a scope of its own, with its output going to the runner's output as it is
/// written, and without a try around it (which would turn errors that a script goes on after into its end).
/// </summary>
/// <remarks>
/// There are two ways. PowerShell's own ForEach-Object invokes its block by a method that is not public
/// (ScriptBlock.InvokeUsingCmdlet); where it is found, with the signature that PowerShell 7 has, it takes about 1 µs an
/// item. Otherwise, and for blocks with clauses, the block runs as the command <c>&amp; $block</c>, for about 5 µs.
/// </remarks>
internal abstract class BlockInvoker
{
    internal static BlockInvoker For(PSCmdlet runner, ScriptBlockAst block)
    {
        var script = block == StepScript.Tree ? StepScript.OfRunspace() : OwnTree.Of(block).GetScriptBlock();
        return HiddenMembers.AreOff || Direct.Method is null || BlockAnalysis.HasClauses(block)
            ? new AsCommand(runner, script)
            : new Direct(runner, script);
    }

    internal abstract void Invoke(object? item);

    // The number stands for an enumeration that is not public; the runtime accepts it in its place.
    private delegate void InvokeUsingCmdlet(
        ScriptBlock script,
        Cmdlet runner,
        bool useLocalScope,
        int errorHandling,
        object? dollarUnder,
        object? input,
        object? scriptThis,
        object[] arguments);

    private sealed class Direct(PSCmdlet runner, ScriptBlock script) : BlockInvoker
    {
        private static readonly object[] NoArguments = [];
        private static readonly object NoInput = Array.Empty<object>();
        private static readonly object Nothing = AutomationNull.Value;
        private static int _toErrorStream;

        /// <summary>Gets the method, or null where this PowerShell has none of that name and signature.</summary>
        internal static InvokeUsingCmdlet? Method { get; } = Find();

        internal override void Invoke(object? item) => Method!(
            script, runner, useLocalScope: true, _toErrorStream, item, NoInput, Nothing, NoArguments);

        private static InvokeUsingCmdlet? Find()
        {
            var errorHandling = typeof(ScriptBlock).GetNestedType("ErrorHandlingBehavior", HiddenMembers.OfTypes);
            if (errorHandling is null || !Enum.TryParse(errorHandling, "WriteToCurrentErrorPipe", out var toErrorStream))
            {
                return null;
            }

            _toErrorStream = Convert.ToInt32(toErrorStream, CultureInfo.InvariantCulture);
            return HiddenMembers.Method<InvokeUsingCmdlet>(
                typeof(ScriptBlock),
                nameof(InvokeUsingCmdlet),
                typeof(Cmdlet),
                typeof(bool),
                errorHandling,
                typeof(object),
                typeof(object),
                typeof(object),
                typeof(object[]));
        }
    }

    private sealed class AsCommand : BlockInvoker
    {
        private const PipelineResultTypes Streams = PipelineResultTypes.Output | PipelineResultTypes.Error;

        private readonly CommandInvocationIntrinsics _commands;
        private readonly object[] _block;
        private readonly PSVariable _item;

        internal AsCommand(PSCmdlet runner, ScriptBlock script)
        {
            _commands = runner.InvokeCommand;
            _block = [WithOwnItem(script)];
            var variables = runner.SessionState.PSVariable;
            variables.Set("_", null);
            _item = variables.Get("_");
        }

        // A block inherits $_ from here, but a catch in it sets $_ and then leaves it empty unless the block has one in
        // its own scope. So a plain block gets one, by a first statement; the others keep their place in the file.
        private static ScriptBlock WithOwnItem(ScriptBlock script)
        {
            var block = (ScriptBlockAst)script.Ast;
            if (BlockAnalysis.HasClauses(block))
            {
                return script;
            }

            var bind = ((ScriptBlockAst)ScriptBlock.Create("$_ = $_").Ast).EndBlock.Statements[0];
            var statements = block.EndBlock.Statements.Prepend(bind).Select(statement => (StatementAst)statement.Copy());
            var traps = block.EndBlock.Traps?.Select(trap => (TrapStatementAst)trap.Copy());
            var body = new StatementBlockAst(block.EndBlock.Extent, statements, traps);
            return new ScriptBlockAst(block.Extent, paramBlock: null, body, isFilter: false).GetScriptBlock();
        }

        internal override void Invoke(object? item)
        {
            _item.Value = item;
            _commands.InvokeScript("& $args[0]", useNewScope: false, Streams, input: null, _block);
            _item.Value = null;
        }
    }
}
