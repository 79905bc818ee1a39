using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using System.Management.Automation.Language;
using System.Management.Automation.Runspaces;

namespace OrchestrationEngine.PowerShell.Runspaces;

/// <summary>
/// What a worker runs before, after and beside its items in one call: -Begin, -End and -Finally. Used on the worker's
/// thread.
/// </summary>
internal sealed class WorkerStage(StageSettings settings)
{
    private const PipelineResultTypes Streams = PipelineResultTypes.Output | PipelineResultTypes.Error;

    private List<PSVariable> _variables = [];

    private bool _hasBegun;

    /// <summary>Gets a value indicating whether something is to come at last.</summary>
    internal bool IsToFinish => _hasBegun && settings.Finally is not null;

    /// <summary>Runs what comes before the first item, in the scope of the runner, which is above those of items.</summary>
    internal void Begin(PSCmdlet runner)
    {
        _hasBegun = true;
        if (settings.Begin is null)
        {
            return;
        }

        var before = settings.Finally is null ? [] : VariablesOf(runner);
        try
        {
            DotSource(runner, settings.Begin);
        }
        finally
        {
            // Held by reference: the scope is gone when what comes at last runs after a stop.
            _variables = settings.Finally is null ? [] : VariablesOf(runner).Except(before).ToList();
        }
    }

    /// <summary>Runs what comes after the last item, in the same scope.</summary>
    internal void End(PSCmdlet runner)
    {
        if (settings.End is not null)
        {
            DotSource(runner, settings.End);
        }
    }

    /// <summary>Runs what comes at last; the runner may be another one than that of Begin.</summary>
    internal void Finally(PSCmdlet runner)
    {
        _hasBegun = false;
        foreach (var variable in _variables)
        {
            runner.SessionState.PSVariable.Set(variable);
        }

        DotSource(runner, settings.Finally!);
    }

    private static void DotSource(PSCmdlet runner, ScriptBlockAst block) => runner.InvokeCommand.InvokeScript(
        ". $args[0]", useNewScope: false, Streams, input: null, OwnTree.Of(block).GetScriptBlock());

    private static List<PSVariable> VariablesOf(PSCmdlet runner) =>
        runner.SessionState.InvokeProvider.ChildItem.Get("variable:", recurse: false)
            .Select(found => found.BaseObject).OfType<PSVariable>().ToList();
}
