using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Linq;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Threading;
using OrchestrationEngine.Native.Tests.Support;
using Xunit;

namespace OrchestrationEngine.Native.Tests;

public sealed class BatchTests
{
    private static readonly TimeSpan Infinite = Timeout.InfiniteTimeSpan;

    // For as long as any test may take.
    private static readonly string[] LongProgram =
        OperatingSystem.IsWindows() ? ["ping", "-n", "600", "127.0.0.1"] : ["sleep", "600"];

    [Fact]
    public void Programs_run_and_the_report_has_what_they_put_out() => Guard.Run(() =>
    {
        using var batch = Submit(Shell("echo hello"), Shell("exit 0"));

        var (report, events) = PollToEnd(batch);

        Assert.Equal("Completed", Text(report, "status"));
        Assert.Equal(2, report.GetProperty("counts").GetProperty("succeeded").GetInt32());
        var result = Ends(events)[0].GetProperty("result");
        Assert.Equal(0, result.GetProperty("exitCode").GetInt32());
        Assert.Equal("hello", Text(result.GetProperty("stdout"), "text")!.Trim());
    });

    [Fact]
    public void A_program_that_fails_or_cannot_be_started_fails_its_task_alone() => Guard.Run(() =>
    {
        using var batch = Submit(Shell("exit 3"), ["oe-there-is-no-such-program"], Shell("exit 0"));

        var (report, events) = PollToEnd(batch);

        Assert.Equal(("Failed", "TaskFailed"), (Text(report, "status"), Text(report, "reason")));
        var ends = Ends(events);
        Assert.Equal(3, ends[0].GetProperty("result").GetProperty("exitCode").GetInt32());
        Assert.Contains("oe-there-is-no-such-program", Text(ends[1], "error"), StringComparison.Ordinal);
        Assert.Equal("Succeeded", Text(ends[2], "state"));
    });

    [Fact]
    public void Each_event_is_told_once_by_cursor_and_again_when_asked_again() => Guard.Run(() =>
    {
        using var batch = Submit([.. Enumerable.Repeat(Shell("exit 0"), 20)]);

        var (report, events) = PollToEnd(batch);

        Assert.Equal(Enumerable.Range(1, 40), events.Select(it => it.GetProperty("sequence").GetInt32()));
        Assert.Equal(40, report.GetProperty("cursor").GetInt64());
        Assert.Equal(40, Poll(batch, 0, TimeSpan.Zero).GetProperty("events").GetArrayLength());
        Assert.Equal(5, Poll(batch, 35, TimeSpan.Zero).GetProperty("events").GetArrayLength());
        Assert.Equal(0, Poll(batch, long.MaxValue, Infinite).GetProperty("events").GetArrayLength());
    });

    [Fact]
    public void A_poll_ends_by_its_limit_while_nothing_happens() => Guard.Run(() =>
    {
        using var batch = Submit(LongProgram);
        var cursor = WaitForStart(batch).Cursor;

        var report = Poll(batch, cursor, TimeSpan.FromMilliseconds(1));

        Assert.Equal("Running", Text(report, "status"));
        Assert.Equal(0, report.GetProperty("events").GetArrayLength());
    });

    [Fact]
    public void Cancel_stops_what_runs_and_drops_what_waits() => Guard.Run(() =>
    {
        using var batch = Batch.Submit(Json(1, LongProgram, LongProgram));
        WaitForStart(batch);

        batch.Cancel();
        batch.Cancel();
        var (report, _) = PollToEnd(batch);

        Assert.Equal(("Stopped", "Cancelled"), (Text(report, "status"), Text(report, "reason")));
        Assert.Equal(2, report.GetProperty("counts").GetProperty("stopped").GetInt32());
    });

    [Fact]
    public void Dispose_kills_what_runs() => Guard.Run(() =>
    {
        var batch = Submit(LongProgram);
        var processId = WaitForStart(batch).ProcessId;
        Assert.True(IsRunning(processId));

        batch.Dispose();
        batch.Dispose();

        Guard.Until(() => !IsRunning(processId));
    });

    [Fact]
    public void A_batch_that_nobody_disposed_is_ended_by_the_garbage_collector() => Guard.Run(() =>
    {
        var processId = SubmitAndForget();

        Guard.Until(() =>
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
            return !IsRunning(processId);
        });
    });

    [Fact]
    public void Dispose_ends_the_wait_of_another_thread() => Guard.Run(() =>
    {
        var batch = Submit(LongProgram);
        var (cursor, processId) = WaitForStart(batch);
        using var isPolling = new ManualResetEventSlim();
        var wasDisposed = false;
        var poller = new Thread(() =>
        {
            isPolling.Set();
            try
            {
                while (true)
                {
                    cursor = Poll(batch, cursor, Infinite).GetProperty("cursor").GetInt64();
                }
            }
            catch (ObjectDisposedException)
            {
                wasDisposed = true;
            }
        });
        poller.Start();
        isPolling.Wait();

        batch.Dispose();

        poller.Join();
        Assert.True(wasDisposed);
        Guard.Until(() => !IsRunning(processId));
    });

    [Fact]
    public void Every_use_of_a_disposed_batch_says_so() => Guard.Run(() =>
    {
        var batch = Submit(Shell("exit 0"));
        batch.Dispose();

        Assert.Throws<ObjectDisposedException>(() => batch.Poll(0, TimeSpan.Zero));
        Assert.Throws<ObjectDisposedException>(batch.Cancel);
    });

    [Theory]
    [InlineData("", "line 1, column 0")]
    [InlineData("nonsense", "line 1, column 2")]
    [InlineData("{\n  \"tasks\": [\n    { \"name\": \"a\" \"kind\": 1 } ] }", "line 3, column")]
    [InlineData("{\n  \"tasks\": [],\n  \"task\": 1 }", "line 3, column")]
    [InlineData("{ \"tasks\": [ { \"name\": \"a\", \"kind\": \"program\", \"args\": [] } ] }", "argv")]
    [InlineData("{ \"tasks\": [ { \"name\": \"a\", \"kind\": \"program\", \"argv\": [\"a\\u0000\"] } ] }", "column")]
    public void Wrong_JSON_is_refused_with_its_place(string json, string place) => Guard.Run(() =>
    {
        var error = Assert.Throws<EngineException>(() => Batch.Submit(json));

        Assert.Equal(EngineStatus.InvalidJson, error.Status);
        Assert.Contains(place, error.Message, StringComparison.Ordinal);
        Assert.Matches("line [0-9]+, column [0-9]+", error.Message);
    });

    [Fact]
    public void Wrong_arguments_are_refused() => Guard.Run(() =>
    {
        using var batch = Submit();

        Assert.Throws<ArgumentNullException>(() => Batch.Submit(null!));
        Assert.Throws<ArgumentOutOfRangeException>(() => batch.Poll(-1, TimeSpan.Zero));
        Assert.Throws<ArgumentOutOfRangeException>(() => batch.Poll(0, TimeSpan.FromSeconds(-1)));
        Assert.Equal("Completed", Text(Poll(batch, 0, Infinite), "status"));
    });

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static int SubmitAndForget() => WaitForStart(Submit(LongProgram)).ProcessId;

    private static Batch Submit(params string[][] programs) => Batch.Submit(Json(8, programs));

    private static string Json(int maxConcurrency, params string[][] programs)
    {
        var tasks = programs.Select(
            (argv, index) => new { name = $"task {index}", kind = "program", argv, graceSeconds = 1 });
        return JsonSerializer.Serialize(new { maxConcurrency, tasks });
    }

    private static string[] Shell(string command) =>
        OperatingSystem.IsWindows() ? ["cmd", "/c", command] : ["sh", "-c", command];

    private static string? Text(JsonElement element, string name) => element.GetProperty(name).GetString();

    // How the tasks ended, by their index.
    private static Dictionary<int, JsonElement> Ends(IEnumerable<JsonElement> events) => events
        .Where(it => Text(it, "kind") == "Ended")
        .ToDictionary(it => it.GetProperty("task").GetInt32());

    private static JsonElement Poll(Batch batch, long cursor, TimeSpan limit) =>
        JsonSerializer.Deserialize<JsonElement>(batch.Poll(cursor, limit));

    private static (JsonElement Last, List<JsonElement> Events) PollToEnd(Batch batch)
    {
        var events = new List<JsonElement>();
        var cursor = 0L;
        while (true)
        {
            var report = Poll(batch, cursor, Infinite);
            events.AddRange(report.GetProperty("events").EnumerateArray());
            cursor = report.GetProperty("cursor").GetInt64();
            if (Text(report, "status") != "Running" && !report.GetProperty("more").GetBoolean())
            {
                return (report, events);
            }
        }
    }

    private static (long Cursor, int ProcessId) WaitForStart(Batch batch)
    {
        var report = Poll(batch, 0, Infinite);
        var started = report.GetProperty("events").EnumerateArray().First();
        Assert.Equal("Started", Text(started, "kind"));
        return (report.GetProperty("cursor").GetInt64(), started.GetProperty("processId").GetInt32());
    }

    private static bool IsRunning(int processId)
    {
        try
        {
            using var process = Process.GetProcessById(processId);
            return !process.HasExited;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }
}
