using System;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using System.Threading;
using OrchestrationEngine.Native;
using OrchestrationEngine.PowerShell.Output;
using OrchestrationEngine.PowerShell.Runspaces;

namespace OrchestrationEngine.PowerShell.Calls;

/// <summary>
/// The pipeline thread's part of a run of tasks: it follows the run's events, and writes a result for each task, in the
/// order given. Used on that thread only, except for <see cref="Cancel"/>.
/// </summary>
internal sealed class TaskRun : IDisposable
{
    /// <summary>How often the caller's runspace is made to answer calls of methods of its classes.</summary>
    private static readonly TimeSpan PumpInterval = TimeSpan.FromMilliseconds(2);

    private readonly TaskCall _call;
    private readonly Cmdlet _cmdlet;
    private readonly ICaller _caller;
    private readonly bool _pumps;
    private readonly string[] _names;
    private readonly TaskResult?[] _results;
    private readonly (DateTime Time, int? Worker)?[] _starts;
    private readonly DateTime _begun = DateTime.Now;
    private int _written;

    private TaskRun(TaskCall call, IReadOnlyList<TaskWork> tasks, Cmdlet cmdlet, ICaller caller)
    {
        _call = call;
        _cmdlet = cmdlet;
        _caller = caller;
        _pumps = tasks.Any(task => task.RunsAlone);
        _names = tasks.Select(task => task.Name).ToArray();
        _results = new TaskResult?[tasks.Count];
        _starts = new (DateTime, int?)?[tasks.Count];
    }

    /// <summary>Gets what the tasks share by name.</summary>
    internal OrchestrationState State => _call.State;

    /// <summary>Begins the run of a graph.</summary>
    /// <exception cref="CallRefusedException">The tasks are no graph that could be run.</exception>
    internal static TaskRun Open(
        ScriptPool pool, CallSettings settings, TaskGraph tasks, Cmdlet cmdlet, ICaller caller)
    {
        var works = WithShared(tasks.Works, settings);
        var call = new TaskCall(settings, works) { Host = caller.Host };
        try
        {
            pool.Open(call, tasks.Graph);
            return new TaskRun(call, works, cmdlet, caller);
        }
        catch (EngineException problem) when (problem.Status == EngineStatus.InvalidGraph)
        {
            call.Dispose();
            throw new CallRefusedException(TaskRunErrors.GraphRefused(problem));
        }
        catch
        {
            call.Dispose();
            throw;
        }
    }

    /// <summary>Follows the run to its end.</summary>
    /// <returns>What came of it, and why it was ended before its tasks were done; null if it was not.</returns>
    internal (TaskRunSummary Summary, ErrorRecord? CutShort) Finish()
    {
        RunReport report;
        var cursor = 0L;
        do
        {
            report = _call.Run.GetReport(cursor, _pumps ? PumpInterval : Timeout.InfiniteTimeSpan);
            cursor = report.Cursor;
            if (_pumps)
            {
                _caller.AnswerClassMethods();
            }

            foreach (var happened in report.Events)
            {
                Follow(happened);
            }
        }
        while (!report.IsLast);

        var summary = new TaskRunSummary(report, _results.OfType<TaskResult>().ToList());
        return (summary, _call.Refusal ?? (report.Reason is { } reason ? TaskRunErrors.RunCutShort(summary, reason) : null));
    }

    /// <summary>Waits until the run is over, and writes nothing more.</summary>
    /// <returns>What came of it.</returns>
    internal TaskRunSummary WaitForEnd()
    {
        RunReport report;
        var cursor = 0L;
        do
        {
            report = _call.Run.GetReport(cursor, Timeout.InfiniteTimeSpan);
            cursor = report.Cursor;
        }
        while (!report.IsLast);

        return new TaskRunSummary(report, _results.OfType<TaskResult>().ToList());
    }

    /// <summary>Stops the run. May be called on any thread.</summary>
    internal void Cancel() => _call.Cancel(CancelReason.Requested);

    /// <summary>Ends the run, however its following ended.</summary>
    public void Dispose() => _call.Dispose();

    // What all tasks share can be such that none may run beside another.
    private static IReadOnlyList<TaskWork> WithShared(IReadOnlyList<TaskWork> works, CallSettings settings)
    {
        var shared = settings.UsingValues.Values.Concat(settings.Imports.Variables.Values);
        return shared.Any(ClassAffinity.IsBound)
            ? works.Select(work => work with { RunsAlone = true }).ToList()
            : works;
    }

    private void Follow(RunEvent happened)
    {
        if (happened.Task is not { } task)
        {
            return;
        }

        switch (happened.Kind)
        {
            case RunEventKind.Started:
                _starts[task] = (_starts[task]?.Time ?? _begun + happened.At, happened.Worker);
                break;
            case RunEventKind.Retrying:
                _call.TakeAttempt(task, happened.Attempt ?? 0);
                _cmdlet.WriteVerbose(
                    $"Task '{_names[task]}' failed at attempt {happened.Attempt}: {happened.Error} "
                        + $"The next attempt is {(happened.Due - happened.At)?.TotalSeconds:0.###} s later.");
                break;
            case RunEventKind.Ended:
                _results[task] = End(task, happened);
                WriteInOrder();
                break;
        }
    }

    private TaskResult End(int task, RunEvent end)
    {
        var puts = TakePuts(task, end.Attempts ?? 0, out var exitCode);
        foreach (var (kind, value) in puts)
        {
            if (kind is not (OutputKind.Output or OutputKind.Failure))
            {
                StreamRecord.Write(_cmdlet, value);
            }
        }

        return new TaskResult(_names[task])
        {
            Status = Enum.Parse<TaskStatus>(end.State!.Value.ToString()),
            Output = ValuesOf<object?>(puts, OutputKind.Output),
            Errors = ValuesOf<ErrorRecord>(puts, OutputKind.Error),
            Error = ValuesOf<ErrorRecord>(puts, OutputKind.Failure).LastOrDefault() ?? TaskRunErrors.OfRun(end.Error),
            ExitCode = end.State is TaskState.Succeeded or TaskState.Failed ? exitCode : null,
            Reason = ReasonOf(end),
            StartTime = _starts[task]?.Time,
            Duration = end.Duration ?? TimeSpan.Zero,
            Attempts = end.Attempts ?? 0,
            Worker = _starts[task]?.Worker,
        };
    }

    private List<(OutputKind Kind, object? Value)> TakePuts(int task, int attempt, out int? exitCode)
    {
        exitCode = null;
        if (_call.TakeAttempt(task, attempt) is not { } slot)
        {
            return [];
        }

        lock (slot)
        {
            exitCode = TaskOutput.CodeOf(slot);
            return [.. slot.Attempted];
        }
    }

    private static List<T> ValuesOf<T>(List<(OutputKind Kind, object? Value)> puts, OutputKind kind) =>
        puts.Where(put => put.Kind == kind).Select(put => (T)put.Value!).ToList();

    private static string? ReasonOf(RunEvent end) => end switch
    {
        { State: not TaskState.Skipped } => null,
        { BlockedBy: { } other } => $"It waits for '{other}', which did not succeed.",
        _ => "Its condition did not hold.",
    };

    private void WriteInOrder()
    {
        while (_written < _results.Length && _results[_written] is { } result)
        {
            _written++;
            if (result.Status is TaskStatus.Failed or TaskStatus.TimedOut)
            {
                _cmdlet.WriteError(TaskRunErrors.Of(result));
            }

            _cmdlet.WriteObject(result);
        }
    }
}
