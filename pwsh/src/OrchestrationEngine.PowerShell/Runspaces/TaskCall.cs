using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using System.Management.Automation.Language;
using OrchestrationEngine.Native;
using OrchestrationEngine.PowerShell.Output;

namespace OrchestrationEngine.PowerShell.Runspaces;

/// <summary>A call that runs the tasks of a graph, as its workers see it.</summary>
internal sealed class TaskCall : WorkerCall
{
    private readonly IReadOnlyList<TaskWork> _tasks;
    private readonly ConcurrentDictionary<(int Task, int Attempt), ItemSlot> _attempts = new();
    private readonly ConcurrentDictionary<string, object?[]> _outputs = new(StringComparer.OrdinalIgnoreCase);
    private volatile Run? _run;
    private volatile bool _isCancelled;

    internal TaskCall(CallSettings settings, IReadOnlyList<TaskWork> tasks)
        : base(settings with { Block = Runner, StopsOnError = false }, new ItemTable(size: 0)) => _tasks = tasks;

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

    /// <inheritdoc/>
    internal override bool IsCancelled => _isCancelled;

    internal void Open(Run run)
    {
        _run = run;
        if (_isCancelled)
        {
            run.Cancel();
        }
    }

    /// <summary>Gets the run; set before <see cref="ScriptPool.Open(TaskCall, Graph)"/> returns.</summary>
    internal Run Run => _run!;

    /// <summary>Finds what a task has put out.</summary>
    /// <param name="name">Its name, in any case.</param>
    /// <exception cref="ArgumentException">There is no task of that name, or it has not succeeded yet.</exception>
    internal object?[] OutputOf(string name)
    {
        if (_outputs.TryGetValue(name, out var output))
        {
            return output;
        }

        var isThere = _tasks.Any(task => string.Equals(task.Name, name, StringComparison.OrdinalIgnoreCase));
        throw new ArgumentException(isThere
            ? $"Task '{name}' has not succeeded, so it has no output. DependsOn = '{name}' makes sure that it has."
            : $"There is no task '{name}' in this run.");
    }

    /// <summary>Takes note of the output of a task for those that wait for it.</summary>
    internal void KeepOutput(long task, object?[] output) => _outputs[_tasks[(int)task].Name] = output;

    /// <summary>Takes an attempt that is over, or null if it never came to a worker.</summary>
    internal ItemSlot? TakeAttempt(int task, int attempt) =>
        _attempts.TryRemove((task, attempt), out var slot) ? slot : null;

    /// <inheritdoc/>
    internal override ItemSlot Find(long item)
    {
        var (ask, task, attempt) = RunItem.From(item);
        var work = _tasks[task];
        var slot = new ItemSlot(item);
        slot.Fill(task, work.Prepare(ask), work.RunsAlone);
        slot.Attempt = attempt;
        if (ask == RunAsk.Run)
        {
            _attempts[(task, attempt)] = slot;
        }

        return slot;
    }

    /// <inheritdoc/>
    internal override IWorkerOutput OutputOf(Worker worker) => new TaskOutput(this, worker);

    /// <inheritdoc/>
    internal override void EndExtraWorker()
    {
    }

    /// <inheritdoc/>
    internal override void Cancel(CancelReason reason)
    {
        _isCancelled = true;
        try
        {
            _run?.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // It is over; nothing is left to stop.
        }
    }

    /// <inheritdoc/>
    private protected override void DisposeQueue()
    {
        _run?.Dispose();

        // Workers stay warm, and with them what blocks had in $Orchestration.
        _outputs.Clear();
        _attempts.Clear();
    }
}
