using System;
using System.Collections;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation.Language;
using OrchestrationEngine.Native;
using OrchestrationEngine.PowerShell.Output;

namespace OrchestrationEngine.PowerShell.Runspaces;

/// <summary>A call that runs the steps of a playbook, as its workers see it.</summary>
internal sealed class WorkflowCall : RunCall<Workflow>
{
    private const string Steps = "steps";
    private const string Step = "step";

    private readonly ConcurrentDictionary<string, object?[]> _outputs = new(StringComparer.OrdinalIgnoreCase);
    private readonly ConcurrentDictionary<string, bool> _traces = new();
    private readonly SessionRecipe _recipe;

    /// <summary>Initializes a new instance of the <see cref="WorkflowCall"/> class.</summary>
    /// <param name="settings">What its workers need to know; the block is replaced.</param>
    /// <param name="recipe">What their runspaces are set up with.</param>
    internal WorkflowCall(CallSettings settings, SessionRecipe recipe)
        : base(settings with { Block = StepScript.Tree, StopsOnError = false, ResetsAfterItem = true }) => _recipe = recipe;

    /// <inheritdoc/>
    internal override ItemSlot Find(long item)
    {
        try
        {
            var order = OrderReader.Read(Opened.Order(item));
            PutLiveOutputs(order);
            var slot = Prepare(item, order, runsAlone: false);
            slot.LeavesNothing = _traces.GetOrAdd($"{order["kind"]} {order["text"]}", _ => LeavesNothing(order));
            return slot;
        }
        catch (EngineException problem)
        {
            // An order that does nothing; the item fails with the reason.
            var failed = Prepare(item, new Hashtable(StringComparer.OrdinalIgnoreCase) { ["kind"] = "nothing" }, runsAlone: false);
            failed.Error = Errors.EngineRefused(problem);
            return failed;
        }
    }

    /// <inheritdoc/>
    internal override IWorkerOutput OutputOf(Worker worker) => new WorkflowOutput(this, worker);

    /// <summary>The name of the step that an item of the call is about, behind those of the steps that it is inside.</summary>
    internal static string NameOf(ItemSlot slot) => $"{((Hashtable)slot.Input!)[Step]}";

    /// <summary>The id of the workflow that an item of the call belongs to.</summary>
    internal static string? RunIdOf(ItemSlot slot) => ((Hashtable)slot.Input!)["runId"] as string;

    /// <summary>Takes note of the output of a step for those after it.</summary>
    internal void KeepOutput(ItemSlot slot, object?[] output) => _outputs[NameOf(slot)] = output;

    /// <inheritdoc/>
    private protected override void Cancel(Workflow run) => run.Cancel();

    /// <inheritdoc/>
    private protected override void DisposeQueue()
    {
        base.DisposeQueue();
        _outputs.Clear();
        _traces.Clear();
    }

    // Of scripts and commands of modules nobody knows what they do.
    private bool LeavesNothing(Hashtable order)
    {
        if (order["kind"] is not ("command" or "block") || order["text"] is not string text || order["modules"] is object?[] { Length: > 0 })
        {
            return false;
        }

        var tree = Parser.ParseInput(text, out _, out var errors);
        return errors.Length == 0 && !TraceAnalysis.LeavesTraces(tree, _recipe);
    }

    // What a step of this process has put out are the objects themselves, not what JSON makes of them.
    private void PutLiveOutputs(Hashtable order)
    {
        if (order[Steps] is not IDictionary steps)
        {
            return;
        }

        foreach (DictionaryEntry entry in steps)
        {
            if (entry.Value is IDictionary step && step.Contains("output") && LiveOutputOf($"{entry.Key}") is { } output)
            {
                step["output"] = output.Length == 1 ? output[0] : output;
            }
        }
    }

    // A name without those around it means a step only if no other is called the same.
    private object?[]? LiveOutputOf(string name)
    {
        if (_outputs.TryGetValue(name, out var output))
        {
            return output;
        }

        var found = _outputs.Where(pair => IsLast(pair.Key, name)).Select(pair => pair.Value).Take(2).ToList();
        return found.Count == 1 ? found[0] : null;
    }

    private static bool IsLast(string path, string name) =>
        path.Length > name.Length
        && path[path.Length - name.Length - 1] == '/'
        && path.EndsWith(name, StringComparison.OrdinalIgnoreCase);
}
