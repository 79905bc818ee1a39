using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Management.Automation;
using System.Management.Automation.Language;
using System.Threading.Tasks;
using OrchestrationEngine.Native;
using OrchestrationEngine.PowerShell.Output;

namespace OrchestrationEngine.PowerShell.Runspaces;

/// <summary>A call that runs the tasks of a graph, as its workers see it.</summary>
internal sealed class TaskCall : WorkerCall
{
    private readonly IReadOnlyList<TaskWork> _tasks;
    private readonly ConcurrentDictionary<(int Task, int Attempt), ItemSlot> _attempts = new();
    private readonly ConcurrentDictionary<string, object?[]> _outputs = new(StringComparer.OrdinalIgnoreCase);
    private readonly TaskCompletionSource<Run> _opened = new();
    private volatile Run? _run;
    private volatile string? _runId;
    private volatile bool _isCancelled;

    /// <summary>Gets a value indicating whether the run is kept, and with it what its tasks put out.</summary>
    internal bool IsKept { get; init; }

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
        _opened.SetResult(run);
        if (_isCancelled)
        {
            run.Cancel();
        }
    }

    /// <summary>Gets the run; set before <see cref="ScriptPool.Open(TaskCall, Graph)"/> returns.</summary>
    internal Run Run => _run!;

    /// <summary>Gets the id of the run, also where it goes on by its name; null if it is not kept.</summary>
    internal string? RunId => IsKept
        ? _runId ??= _opened.Task.GetAwaiter().GetResult().GetReport(long.MaxValue, TimeSpan.Zero).Run
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
        var end = task < 0 ? null : _opened.Task.GetAwaiter().GetResult().GetEnd(task);
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

    /// <summary>Takes an attempt that is over, or null if it never came to a worker.</summary>
    internal ItemSlot? TakeAttempt(int task, int attempt) =>
        _attempts.TryRemove((task, attempt), out var slot) ? slot : null;

    /// <inheritdoc/>
    internal override ItemSlot Find(long item)
    {
        var (ask, task, attempt) = RunItem.From(item);
        var work = _tasks[task];
        var slot = new ItemSlot(item);
        // What asks about a task is not the task: a stop must not hit it.
        slot.Fill(ask == RunAsk.Run ? task : ItemSlot.NoIndex, work.Prepare(ask), work.RunsAlone);
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
