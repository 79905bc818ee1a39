using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Linq;
using System.Text.Json;
using System.Threading;
using OrchestrationEngine.Native.Tests.Support;
using Xunit;

namespace OrchestrationEngine.Native.Tests;

/// <summary>Graphs as objects, and the reports of their runs.</summary>
public sealed class GraphTests
{
    [Fact]
    public void Tasks_run_after_those_that_they_wait_for_and_their_values_are_told() => Guard.Run(() =>
    {
        var order = new ConcurrentQueue<int>();
        using var pool = new Pool(TestHost.ForItems((worker, item) =>
        {
            var asked = RunItem.From(item);
            order.Enqueue(asked.Task);
            worker.Report(item, new TaskReport { Output = JsonSerializer.SerializeToElement($"value {asked.Task}") });
            return Outcome.Succeeded;
        }));
        using var run = pool.StartRun(1, Tasks(Task("c", "a", "b"), Task("b", "a"), Task("a")));

        var (report, events) = ToEnd(run);

        Assert.Equal((RunStatus.Completed, null), (report.Status, report.Reason));
        Assert.Equal(new TaskCounts(3, 0, 0, 3, 0, 0, 0, 0), report.Counts);
        Assert.Equal([2, 1, 0], order);
        var ends = events.Where(it => it.Kind == RunEventKind.Ended).ToList();
        Assert.Equal(["a: value 2", "b: value 1", "c: value 0"], ends.Select(it => $"{it.Name}: {it.Output}"));
        Assert.All(ends, end => Assert.Equal((TaskState.Succeeded, 1), (end.State!.Value, end.Attempts!.Value)));
        Assert.True(report.LowerBound <= report.Elapsed);
        Assert.Equal(Enumerable.Range(1, events.Count).Select(it => (long)it), events.Select(it => it.Sequence));
    });

    [Fact]
    public void A_failure_skips_what_waits_for_it_and_says_so() => Guard.Run(() =>
    {
        using var pool = new Pool(TestHost.ForItems((worker, item) => Fail(worker, item, "no disk", 7)));
        using var run = pool.StartRun(1, Tasks(Task("a"), Task("b", "a")));

        var (report, events) = ToEnd(run);

        Assert.Equal(RunStatus.Failed, report.Status);
        var ends = events.Where(it => it.Kind == RunEventKind.Ended).ToDictionary(it => it.Name!);
        Assert.Equal((TaskState.Failed, "no disk", 7), (ends["a"].State, ends["a"].Error, ends["a"].ErrorKind));
        Assert.Equal((TaskState.Skipped, "a"), (ends["b"].State, ends["b"].BlockedBy));
    });

    [Fact]
    public void A_failure_is_tried_again_if_its_kind_is_meant() => Guard.Run(() =>
    {
        using var pool = new Pool(TestHost.ForItems((worker, item) =>
            RunItem.From(item).Attempt == 3 ? Outcome.Succeeded : Fail(worker, item, "not yet", 7)));
        var retry = new GraphRetry { Count = 5, Delay = TimeSpan.FromMilliseconds(1), OnKinds = [7] };
        using var run = pool.StartRun(1, Tasks(Task("a") with { Retry = retry }));

        var (report, events) = ToEnd(run);

        Assert.Equal(RunStatus.Completed, report.Status);
        Assert.Equal([1, 2, 3], events.Where(it => it.Kind == RunEventKind.Started).Select(it => it.Attempt!.Value));
        Assert.Equal(["not yet", "not yet"], events.Where(it => it.Kind == RunEventKind.Retrying).Select(it => it.Error));
    });

    [Fact]
    public void The_host_decides_conditions_and_says_what_is_inside() => Guard.Run(() =>
    {
        var asked = new ConcurrentQueue<RunAsk>();
        using var pool = new Pool(TestHost.ForItems((worker, item) =>
        {
            var it = RunItem.From(item);
            asked.Enqueue(it.Ask);
            worker.Report(item, it.Ask switch
            {
                RunAsk.Decide => new TaskReport { Runs = false },
                RunAsk.Expand => new TaskReport { Tasks = [Task("x"), Task("y", "x")] },
                _ => new TaskReport(),
            });
            return Outcome.Succeeded;
        }));
        var each = Task("each", "never") with { Kind = GraphTaskKind.ForEach };
        using var run = pool.StartRun(1, Tasks(Task("never") with { Conditional = true }, each));

        var (report, events) = ToEnd(run);

        Assert.Equal(RunStatus.Completed, report.Status);
        Assert.Equal([RunAsk.Decide, RunAsk.Expand, RunAsk.Run, RunAsk.Run], asked);
        var ends = events.Where(it => it.Kind == RunEventKind.Ended).Select(it => $"{it.Name} {it.State}");
        Assert.Equal(["never Skipped", "each/x Succeeded", "each/y Succeeded", "each Succeeded"], ends);
    });

    [Fact]
    public void Programs_need_no_pool() => Guard.Run(() =>
    {
        IReadOnlyList<string> shell = OperatingSystem.IsWindows() ? ["cmd", "/c", "exit 3"] : ["sh", "-c", "exit 3"];
        using var run = Run.Start(Tasks(Task("a") with { Kind = GraphTaskKind.Program, Arguments = shell }));

        var (report, events) = ToEnd(run);

        Assert.Equal(RunStatus.Failed, report.Status);
        var end = events.Single(it => it.Kind == RunEventKind.Ended);
        Assert.Equal(3, end.Program!.Value.GetProperty("exitCode").GetInt32());
    });

    [Theory]
    [InlineData("a", "b", "b", "a", "tasks wait for each other: a -> b -> a")]
    [InlineData("a", "", "b", "aa", "task 'b' waits for 'aa', which is not there; did you mean 'a'?")]
    [InlineData("a", "", "a", "", "there are two tasks 'a'")]
    public void A_graph_that_cannot_be_run_is_refused(
        string first, string waitsFor, string second, string alsoFor, string message) => Guard.Run(() =>
    {
        using var pool = new Pool(TestHost.ForItems(_ => { }));
        var graph = Tasks(Task(first, Names(waitsFor)), Task(second, Names(alsoFor)));

        var error = Assert.Throws<EngineException>(() => pool.StartRun(1, graph));

        Assert.Equal((EngineStatus.InvalidGraph, message), (error.Status, error.Message));
    });

    [Fact]
    public void Work_for_the_host_needs_a_pool() => Guard.Run(() =>
        Assert.Equal(
            EngineStatus.InvalidArgument, Assert.Throws<EngineException>(() => Run.Start(Tasks(Task("a")))).Status));

    [Fact]
    public void A_cancel_stops_what_runs_and_ends_what_waits() => Guard.Run(() =>
    {
        using var started = new ManualResetEventSlim();
        using var stopped = new ManualResetEventSlim();
        var host = new TestHost(worker => TestHost.Loop(worker, (_, _) =>
        {
            started.Set();
            stopped.Wait();
            return Outcome.Failed;
        }))
        {
            OnStop = _ => stopped.Set(),
        };
        using var pool = new Pool(host);
        using var run = pool.StartRun(1, Tasks(Task("a"), Task("b", "a")));
        started.Wait();

        run.Cancel();
        var (report, events) = ToEnd(run);

        Assert.Equal((RunStatus.Stopped, "Cancelled"), (report.Status, report.Reason));
        Assert.Equal(2, report.Counts.Stopped);
        Assert.Contains(events, it => it.Kind == RunEventKind.Stopping && it.Name == "a");
    });

    private static Outcome Fail(Worker worker, long item, string message, int kind)
    {
        worker.Report(item, new TaskReport { Error = new TaskError(message, kind) });
        return Outcome.Failed;
    }

    private static string[] Names(string name) => name.Length == 0 ? [] : [name];

    private static GraphTask Task(string name, params string[] dependsOn) => new() { Name = name, DependsOn = dependsOn };

    private static Graph Tasks(params GraphTask[] tasks) => new() { Tasks = tasks, MaxConcurrency = 2 };

    private static (RunReport Last, List<RunEvent> Events) ToEnd(Run run)
    {
        var events = new List<RunEvent>();
        RunReport report;
        var cursor = 0L;
        do
        {
            report = run.GetReport(cursor, Timeout.InfiniteTimeSpan);
            events.AddRange(report.Events);
            cursor = report.Cursor;
        }
        while (!report.IsLast);

        return (report, events);
    }
}
