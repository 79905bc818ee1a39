using System;
using System.Threading;
using OrchestrationEngine.Native.Tests.Support;
using Xunit;

namespace OrchestrationEngine.Native.Tests;

/// <summary>Options out of their range are refused, each with its name.</summary>
public sealed class OptionTests
{
    public static TheoryData<QueueOptions, string> OutOfRange => new()
    {
        { new QueueOptions { WorkerLimit = 0 }, "worker_limit" },
        { new QueueOptions { WorkerLimit = Engine.WorkerLimit + 1 }, "worker_limit" },
        { new QueueOptions { WorkerLimit = int.MaxValue }, "worker_limit" },
        { new QueueOptions { InputCapacity = 0 }, "input_capacity" },
        { new QueueOptions { OutputCapacity = 0 }, "output_capacity" },
    };

    public static TheoryData<QueueOptions> Negative => new()
    {
        new QueueOptions { WorkerLimit = -1 },
        new QueueOptions { InputCapacity = -1 },
        new QueueOptions { OutputCapacity = int.MinValue },
        new QueueOptions { ItemTimeout = TimeSpan.FromTicks(-1) },
        new QueueOptions { Timeout = TimeSpan.FromSeconds(-1) },
        new QueueOptions { StopGrace = TimeSpan.MinValue },
    };

    [Theory]
    [MemberData(nameof(OutOfRange), DisableDiscoveryEnumeration = true)]
    public void The_engine_says_which_option_is_out_of_range(QueueOptions options, string name) => Guard.Run(() =>
    {
        using var pool = new Pool(TestHost.ForItems(_ => { }));

        var error = Assert.Throws<EngineException>(() => pool.Open(options));

        Assert.Equal(EngineStatus.InvalidArgument, error.Status);
        Assert.Contains(name, error.Message, StringComparison.Ordinal);
        Assert.Equal(0, pool.GetCounters().OpenQueues);
    });

    [Theory]
    [MemberData(nameof(Negative), DisableDiscoveryEnumeration = true)]
    public void Negative_options_are_refused(QueueOptions options) => Guard.Run(() =>
    {
        using var pool = new Pool(TestHost.ForItems(_ => { }));

        var error = Assert.Throws<ArgumentOutOfRangeException>(() => pool.Open(options));

        Assert.Equal("options", error.ParamName);
    });

    [Fact]
    public void The_largest_options_are_taken() => Guard.Run(() =>
    {
        using var pool = new Pool(TestHost.ForItems(_ => { }));
        using var queue = pool.Open(new QueueOptions
        {
            WorkerLimit = Engine.WorkerLimit,
            InputCapacity = int.MaxValue,
            OutputCapacity = int.MaxValue,
        });

        Assert.Single(queue.RunToEnd([0]));
    });

    [Fact]
    public void Pool_options_out_of_range_are_refused() => Guard.Run(() =>
    {
        var host = TestHost.ForItems(_ => { });

        Assert.Throws<ArgumentNullException>(() => new Pool(null!));
        Assert.Throws<ArgumentOutOfRangeException>(() => new Pool(host, new PoolOptions { StartLimit = -1 }));
        Assert.Throws<ArgumentOutOfRangeException>(
            () => new Pool(host, new PoolOptions { IdleTimeout = TimeSpan.FromSeconds(-1) }));
        using var pool = new Pool(host);
        Assert.Throws<ArgumentNullException>(() => pool.Open(null!));
    });

    [Theory]
    [InlineData(-2)]
    [InlineData(-10_000_000)]
    [InlineData(long.MinValue)]
    public void A_negative_wait_is_refused(long ticks) => Guard.Run(() =>
    {
        using var pool = new Pool(TestHost.ForItems(_ => { }));
        using var queue = pool.Open(new QueueOptions());

        Assert.Throws<ArgumentOutOfRangeException>(() => queue.Wait(TimeSpan.FromTicks(ticks)));
    });

    [Fact]
    public void A_process_has_no_more_queues_than_workers() => Guard.Run(() =>
    {
        using var pool = new Pool(TestHost.ForItems(_ => { }));
        var queues = new ItemQueue[Engine.WorkerLimit];
        for (var index = 0; index < queues.Length; index++)
        {
            queues[index] = pool.Open(new QueueOptions { InputCapacity = 1, OutputCapacity = 1 });
        }

        var error = Assert.Throws<EngineException>(() => pool.Open(new QueueOptions()));
        Array.ForEach(queues, queue => queue.Dispose());

        Assert.Equal(EngineStatus.WorkerLimit, error.Status);
        Assert.Contains("1024", error.Message, StringComparison.Ordinal);
        using var again = pool.Open(new QueueOptions());
        Assert.Single(again.RunToEnd([0]));
    });

    [Fact]
    public void The_engine_has_the_version_of_the_interface() => Assert.Equal(1, Engine.AbiVersion);

    [Fact]
    public void An_infinite_wait_is_ended_by_output_only() => Guard.Run(() =>
    {
        using var mayEnd = new ManualResetEventSlim();
        using var pool = new Pool(TestHost.ForItems(_ => mayEnd.Wait()));
        using var queue = pool.Open(new QueueOptions());
        queue.Give(0);
        using var timer = new Timer(_ => mayEnd.Set(), null, dueTime: 50, Timeout.Infinite);

        Assert.Equal(Waited.Ready, queue.Wait(Timeout.InfiniteTimeSpan));
    });
}
