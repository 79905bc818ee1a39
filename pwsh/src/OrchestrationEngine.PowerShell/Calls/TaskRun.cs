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
/// The part of a run of tasks that follows its events and makes a result of each task's end. Used on one thread only, the
/// pipeline's or that of a job, except for <see cref="Cancel"/>.
/// </summary>
internal sealed class TaskRun : IDisposable
{
    /// <summary>How often the caller's runspace is made to answer calls of methods of its classes.</summary>
    private static readonly TimeSpan PumpInterval = TimeSpan.FromMilliseconds(2);

    private readonly TaskCall _call;
    private readonly ITaskFollower _follower;
    private readonly ICaller _caller;
    private readonly bool _pumps;
    private readonly IReadOnlyList<TaskWork> _tasks;
    private readonly TaskResult?[] _results;
    private readonly (DateTime First, DateTime Last, int? Worker)?[] _starts;
    private readonly DateTime _begun = DateTime.Now;

    private TaskRun(TaskCall call, IReadOnlyList<TaskWork> tasks, ITaskFollower follower, ICaller caller)
    {
        _call = call;
        _follower = follower;
        _caller = caller;
        _pumps = tasks.Any(task => task.RunsAlone);
        _tasks = tasks;
        _results = new TaskResult?[tasks.Count];
        _starts = new (DateTime, DateTime, int?)?[tasks.Count];
    }

    /// <summary>Gets what the tasks share by name.</summary>
    internal OrchestrationState State => _call.State;

    /// <summary>Begins the run of a graph.</summary>
    /// <exception cref="CallRefusedException">The tasks are no graph that could be run.</exception>
    internal static TaskRun Open(
        ScriptPool pool, CallSettings settings, TaskGraph tasks, ITaskFollower follower, ICaller caller)
    {
        var works = WithShared(tasks.Works, settings);
        var call = new TaskCall(settings, works) { Host = caller.Host, IsKept = tasks.Graph.State is not null };
        try
        {
            pool.Open(call, tasks.Graph);
            return new TaskRun(call, works, follower, caller);
        }
        catch (EngineException problem) when (problem.Status == EngineStatus.InvalidGraph)
        {
            call.Dispose();
            throw new CallRefusedException(TaskRunErrors.GraphRefused(problem));
        }
        catch (EngineException problem) when (problem.Status == EngineStatus.Store)
        {
            call.Dispose();
            throw new CallRefusedException(KeepingErrors.Refused(problem, tasks.Graph.State!.Name));
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

        var summary = new TaskRunSummary(report, _begun, _results.OfType<TaskResult>().ToList());
        return (summary, _call.Refusal ?? CutShort(report, summary));
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

        return new TaskRunSummary(report, _begun, _results.OfType<TaskResult>().ToList());
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

    private static ErrorRecord? CutShort(RunReport report, TaskRunSummary summary) => report switch
    {
        { Error: { } problem } => KeepingErrors.Lost(summary, problem),
        { Reason: { } reason } => TaskRunErrors.RunCutShort(summary, reason),
        _ => null,
    };

    private void Follow(RunEvent happened)
    {
        if (happened.Task is not { } task)
        {
            return;
        }

        switch (happened.Kind)
        {
            case RunEventKind.Started:
                var start = _begun + happened.At;
                _starts[task] = (_starts[task]?.First ?? start, start, happened.Worker);
                _follower.Start(task, happened.Worker ?? 0);
                break;
            case RunEventKind.Retrying:
                _call.TakeAttempt(task, happened.Attempt ?? 0);
                _follower.Retry(
                    task,
                    $"Task '{_tasks[task].Name}' failed at attempt {happened.Attempt}: {happened.Error} "
                        + $"The next attempt is {(happened.Due - happened.At)?.TotalSeconds:0.###} s later.");
                break;
            case RunEventKind.Ended:
                End(task, happened);
                break;
        }
    }

    private void End(int task, RunEvent end)
    {
        int? exitCode = end.ExitCode;
        var puts = end is { Cached: true, Kept: false } ? Replay(end) : TakePuts(task, end.Attempts ?? 0, out exitCode);
        if (end is { State: TaskState.Succeeded, Kept: false } && (_tasks[task].NotRemembered ?? end.NotMemoized) is { } why)
        {
            puts.Add((OutputKind.Warning, TaskRunErrors.NotRemembered(_tasks[task].Name, why)));
        }

        var result = end.Kept ? Keep(task, end) : ResultOf(task, end, puts, exitCode);
        _results[task] = result;
        _follower.End(task, result, puts);
    }

    private TaskResult ResultOf(int task, RunEvent end, List<(OutputKind Kind, object? Value)> puts, int? exitCode) =>
        new(_tasks[task].Name)
        {
            Status = StatusOf(end),
            Output = ValuesOf<object?>(puts, OutputKind.Output),
            Errors = ValuesOf<ErrorRecord>(puts, OutputKind.Error),
            Error = ValuesOf<ErrorRecord>(puts, OutputKind.Failure).LastOrDefault() ?? TaskRunErrors.OfRun(end.Error),
            ExitCode = end.State is TaskState.Succeeded or TaskState.Failed ? exitCode : null,
            Reason = ReasonOf(end),
            MayFail = _tasks[task].MayFail,
            BlockedBy = end.BlockedBy,
            StartTime = _starts[task]?.First,
            LastStart = _starts[task]?.Last,
            Duration = end.Duration ?? TimeSpan.Zero,
            Attempts = end.Attempts ?? 0,
            Worker = _starts[task]?.Worker,
            Cached = end.Cached,
        };

    // What it did is in the past, and told by the engine.
    private TaskResult Keep(int task, RunEvent end) => new(_tasks[task].Name)
    {
        Status = StatusOf(end),
        Kept = true,
        Cached = end.Cached,
        Output = StoredOutput.Read(end.Output),
        Error = TaskRunErrors.OfRun(end.Error),
        ExitCode = end.ExitCode,
        Reason = ReasonOf(end),
        MayFail = _tasks[task].MayFail,
        BlockedBy = end.BlockedBy,
        StartTime = end.StartedAt?.LocalDateTime,
        Duration = end.Duration ?? TimeSpan.Zero,
        Attempts = end.Attempts ?? 0,
        Worker = end.Worker,
    };

    // As if it had put out again what it did when it ran.
    private static List<(OutputKind Kind, object? Value)> Replay(RunEvent end)
    {
        var output = StoredOutput.Read(end.Output).Select(value => (OutputKind.Output, value));
        return [.. output, .. StoredStreams.Read(end.Streams ?? [])];
    }

    private static TaskStatus StatusOf(RunEvent end) => Enum.Parse<TaskStatus>(end.State!.Value.ToString());

    private List<(OutputKind Kind, object? Value)> TakePuts(int task, int attempt, out int? exitCode)
    {
        exitCode = null;
        if (_call.TakeAttempt(task, attempt) is not { } slot)
        {
            return [];
        }

        lock (slot)
        {
            exitCode = AttemptOutput.CodeOf(slot);
            return [.. slot.Attempted];
        }
    }

    private static List<T> ValuesOf<T>(List<(OutputKind Kind, object? Value)> puts, OutputKind kind) =>
        puts.Where(put => put.Kind == kind).Select(put => (T)put.Value!).ToList();

    private static string? ReasonOf(RunEvent end) => end switch
    {
        { State: not TaskState.Skipped } => null,
        { BlockedBy: { } other } => $"It waits for '{other}', which did not succeed.",
        { SkipReason: "Interrupted" } => "It was interrupted, and OnResume is Skip.",
        _ => "Its condition did not hold.",
    };
}
