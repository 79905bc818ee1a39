using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Management.Automation;
using System.Management.Automation.Language;
using OrchestrationEngine.Native;
using OrchestrationEngine.PowerShell.Output;

namespace OrchestrationEngine.PowerShell.Runspaces;

/// <summary>A call that runs the tasks of a graph, as its workers see it.</summary>
internal sealed class TaskCall : RunCall<Run>
{
    private readonly IReadOnlyList<TaskWork> _tasks;
    private readonly ConcurrentDictionary<string, object?[]> _outputs = new(StringComparer.OrdinalIgnoreCase);
    private volatile string? _runId;

    /// <summary>Gets a value indicating whether the run is kept, and with it what its tasks put out.</summary>
    internal bool IsKept { get; init; }

    internal TaskCall(CallSettings settings, IReadOnlyList<TaskWork> tasks)
        : base(settings with { Block = Runner, StopsOnError = false }) => _tasks = tasks;

    /// <summary>
    /// Gets the block that runs every task; its item is a hashtable, which blocks in constrained language may change,
    /// too. $? is false behind a program or a script exactly if its exit code is not 0, or if it could not be run at all:
    /// its parameters did not fit, or its file is no PowerShell.
    /// </summary>
    internal static ScriptBlockAst Runner { get; } = (ScriptBlockAst)ScriptBlock.Create(
        """
        $__task = $_; $__parameters = $_.Parameters; $_ = $null
        & $__task.Command @__parameters
        if ($?) { $__task.ExitCode = 0 } elseif ($LASTEXITCODE) { $__task.ExitCode = $LASTEXITCODE } else { $__task.IsRefused = $true }
        """).Ast;

    /// <summary>
    /// The statement behind a command that is text: it makes a program's exit code the task's, and tells the runner that
    /// the last command wrote an error.
    /// </summary>
    internal const string CommandEnd =
        "if (-not $?) { if ($LASTEXITCODE) { exit $LASTEXITCODE } else { $__task.EndsInError = $true } }";

    /// <summary>Gets the id of the run, also where it goes on by its name; null if it is not kept.</summary>
    internal string? RunId => IsKept
        ? _runId ??= Opened.GetReport(long.MaxValue, TimeSpan.Zero).Run
        : null;

    /// <summary>The name of the task that an item of the call is about.</summary>
    internal string NameOf(ItemSlot slot) => _tasks[RunItem.From(slot.Number).Task].Name;

    /// <summary>Finds what a task has put out.</summary>
    /// <param name="name">Its name, in any case.</param>
    /// <exception cref="ArgumentException">There is no task of that name, or it has not succeeded yet.</exception>
    internal object?[] OutputOf(string name)
    {
        if (_outputs.TryGetValue(name, out var output))
        {
            return output;
        }

        if (IsKept && EarlierOutputOf(name) is { } kept)
        {
            return kept;
        }

        throw new ArgumentException(NumberOf(name) >= 0
            ? $"Task '{name}' has not succeeded, so it has no output. DependsOn = '{name}' makes sure that it has."
            : $"There is no task '{name}' in this run.");
    }

    // A task of an earlier part of the run, or one whose result was remembered, has put nothing out in this process. Those
    // that it allows to start may do so before the thread that opens the run has it.
    private object?[]? EarlierOutputOf(string name)
    {
        var task = NumberOf(name);
        var end = task < 0 ? null : Opened.GetEnd(task);
        return end is not { State: TaskState.Succeeded } or { Kept: false, Cached: false } ? null
            : !end.Partial ? StoredOutput.Read(end.Output)
            : throw new ArgumentException(
                $"The output of task '{name}' could not be kept with the run. DependsOn = '{name}' makes that it is run again.");
    }

    private int NumberOf(string name)
    {
        for (var number = 0; number < _tasks.Count; number++)
        {
            if (string.Equals(_tasks[number].Name, name, StringComparison.OrdinalIgnoreCase))
            {
                return number;
            }
        }

        return -1;
    }

    /// <summary>Takes note of the output of a task for those that wait for it.</summary>
    internal void KeepOutput(long task, object?[] output) => _outputs[_tasks[(int)task].Name] = output;

    /// <summary>Whether the streams of a task are part of what is remembered of it.</summary>
    internal bool RemembersStreamsOf(long task) => _tasks[(int)task].IsRemembered;

    /// <inheritdoc/>
    internal override ItemSlot Find(long item)
    {
        var (ask, task, _) = RunItem.From(item);
        var work = _tasks[task];
        return Prepare(item, work.Prepare(ask), work.RunsAlone);
    }

    /// <inheritdoc/>
    internal override IWorkerOutput OutputOf(Worker worker) => new TaskOutput(this, worker);

    /// <inheritdoc/>
    private protected override void Cancel(Run run) => run.Cancel();

    /// <inheritdoc/>
    private protected override void DisposeQueue()
    {
        base.DisposeQueue();
        _outputs.Clear();
    }
}
