using System;
using System.Collections.Generic;
using System.Linq;
using System.Text.Json;
using System.Threading;
using OrchestrationEngine.Native.Tests.Support;
using Xunit;

namespace OrchestrationEngine.Native.Tests;

public sealed class RunTests
{
    [Fact]
    public void Workers_do_the_tasks_and_the_report_has_what_they_said() => Guard.Run(() =>
    {
        using var pool = new Pool(new Teller());
        using var run = pool.StartRun(7, """
            {"tasks":[{"name":"a"},{"name":"b","dependsOn":["a"],"conditional":true}]}
            """);

        var (report, ends) = PollToEnd(run);

        Assert.Equal("Completed", report.GetProperty("status").GetString());
        Assert.Equal(["a", "b"], ends.Select(end => end.GetProperty("name").GetString()));
        Assert.Equal("7/0/1", ends[0].GetProperty("output").GetString());
        Assert.Equal("7/1/1", ends[1].GetProperty("output").GetString());
        Assert.Contains("7/0/1", run.EndOf(0), StringComparison.Ordinal);
        Assert.Null(run.EndOf(2));
    });

    [Fact]
    public void Programs_need_no_pool_and_a_cancel_ends_them() => Guard.Run(() =>
    {
        string[] sleep = OperatingSystem.IsWindows() ? ["ping", "-n", "600", "127.0.0.1"] : ["sleep", "600"];
        var tasks = new { tasks = new[] { new { name = "a", kind = "program", argv = sleep } } };
        using var run = Run.Start(JsonSerializer.Serialize(tasks));
        Assert.Contains("Started", run.Poll(0, Timeout.InfiniteTimeSpan), StringComparison.Ordinal);

        run.Cancel();

        var (report, ends) = PollToEnd(run);
        Assert.Equal("Stopped", report.GetProperty("status").GetString());
        Assert.Equal("Stopped", ends.Single().GetProperty("state").GetString());
    });

    [Fact]
    public void A_circle_is_refused_and_named()
    {
        const string circle = """
            {"tasks":[{"name":"a","kind":"program","argv":["x"],"dependsOn":["b"]},
                      {"name":"b","kind":"program","argv":["x"],"dependsOn":["a"]}]}
            """;

        var refused = Assert.Throws<EngineException>(() => Run.Start(circle));

        Assert.Equal(EngineStatus.InvalidGraph, refused.Status);
        Assert.Contains("a -> b -> a", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0x0000_0001_0000_0005, RunAsk.Run, 5, 1)]
    [InlineData(0x4000_0000_0000_0005, RunAsk.Decide, 5, 0)]
    [InlineData(long.MinValue + 3, RunAsk.Expand, 3, 0)]
    [InlineData(0x3FFF_FFFF_0000_0000, RunAsk.Run, 0, 0x3FFF_FFFF)]
    public void An_item_says_what_is_asked_of_which_attempt(long item, RunAsk ask, int task, int attempt) =>
        Assert.Equal(new RunItem(ask, task, attempt), RunItem.From(item));

    private static (JsonElement Report, List<JsonElement> Ends) PollToEnd(Run run)
    {
        List<JsonElement> ends = [];
        long cursor = 0;
        while (true)
        {
            var report = JsonSerializer.Deserialize<JsonElement>(run.Poll(cursor, Timeout.InfiniteTimeSpan));
            cursor = report.GetProperty("cursor").GetInt64();
            ends.AddRange(report.GetProperty("events").EnumerateArray()
                .Where(it => it.GetProperty("kind").GetString() == "Ended"));
            if (report.GetProperty("status").GetString() != "Running" && !report.GetProperty("more").GetBoolean())
            {
                return (report, ends);
            }
        }
    }

    // Says of each task which it is, and that each condition holds.
    private sealed class Teller : IWorkerHost
    {
        public void Work(Worker worker)
        {
            while (worker.TryAttach(out var attachment))
            {
                while (worker.Next(out var item) == Waited.Ready)
                {
                    var (ask, task, attempt) = RunItem.From(item);
                    var output = $$"""{"output":"{{attachment.Tag}}/{{task}}/{{attempt}}"}""";
                    Assert.True(worker.Report(item, ask == RunAsk.Decide ? """{"runs":true}""" : output));
                    _ = worker.End(item, Outcome.Succeeded);
                }

                worker.Detach();
            }
        }

        public void StopWork(StopRequest request)
        {
        }

        public void ReportFailure(Exception exception)
        {
        }
    }
}
