using System;
using System.Linq;
using System.Runtime.CompilerServices;
using System.Threading;
using OrchestrationEngine.Native.Tests.Support;
using Xunit;

namespace OrchestrationEngine.Native.Tests;

/// <summary>The pool keeps its host while a thread may call it, and lets it go afterwards.</summary>
public sealed class LifetimeTests
{
    [Fact]
    public void The_host_lives_while_its_pool_does() => Guard.Run(() =>
    {
        var (pool, host) = MakePool();
        GC.Collect();
        GC.WaitForPendingFinalizers();

        Assert.True(host.IsAlive);
        using (var queue = pool.Open(new QueueOptions()))
        {
            Assert.Single(queue.RunToEnd([0]));
        }

        pool.Dispose();
        UntilCollected(host);
    });

    [Fact]
    public void A_pool_that_was_never_used_lets_its_host_go() => Guard.Run(() =>
    {
        var (pool, host) = MakePool();
        pool.Dispose();
        UntilCollected(host);
    });

    [Fact]
    public void A_pool_that_nobody_disposed_lets_its_host_go() => Guard.Run(() => UntilCollected(UseAndForget()));

    // The control thread runs only once there is a limit or a cancel.
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_pool_with_a_control_thread_lets_its_host_go(bool poolFirst) => Guard.Run(() =>
    {
        for (var repeat = 0; repeat < 50; repeat++)
        {
            UntilCollected(UseWithLimits(poolFirst));
        }
    });

    [Fact]
    public void A_pool_disposed_while_an_item_runs_lets_its_host_go_when_that_has_ended() => Guard.Run(() =>
    {
        using var mayEnd = new ManualResetEventSlim();
        var host = DisposeWhileRunning(mayEnd);
        GC.Collect();
        GC.WaitForPendingFinalizers();
        Assert.True(host.IsAlive);

        mayEnd.Set();
        UntilCollected(host);
    });

    [Fact]
    public void An_abandoned_worker_keeps_the_host_until_it_returns() => Guard.Run(() =>
    {
        using var mayEnd = new ManualResetEventSlim();
        var host = AbandonAndDispose(mayEnd);
        GC.Collect();
        GC.WaitForPendingFinalizers();
        Assert.True(host.IsAlive);

        mayEnd.Set();
        UntilCollected(host);
    });

    [Fact]
    public void Two_pools_work_at_once_with_workers_of_their_own() => Guard.Run(() =>
    {
        using var all = new Barrier(4);
        using var first = new Pool(TestHost.ForItems(_ => all.SignalAndWait()));
        using var second = new Pool(TestHost.ForItems(_ => all.SignalAndWait()));
        using var one = first.Open(new QueueOptions { WorkerLimit = 2 });
        using var other = second.Open(new QueueOptions { WorkerLimit = 2 });
        one.Submit(QueueExtensions.Ids(100));
        other.Submit(QueueExtensions.Ids(100));
        one.Close();
        other.Close();

        var ofOne = one.TakeToEnd();
        var ofOther = other.TakeToEnd();

        Assert.Equal((100, 100), (ofOne.Count, ofOther.Count));
        Assert.Empty(ofOne.Select(ended => ended.Worker).Intersect(ofOther.Select(ended => ended.Worker)));
    });

    [Fact]
    public void Two_queues_of_one_pool_share_its_workers() => Guard.Run(() =>
    {
        using var pool = new Pool(TestHost.ForItems(_ => { }));
        using var one = pool.Open(new QueueOptions { WorkerLimit = 2 });
        using var other = pool.Open(new QueueOptions { WorkerLimit = 2 });
        var counts = new int[2];
        var threads = new[] { one, other }.Select((queue, index) =>
            new Thread(() => counts[index] = queue.RunToEnd(QueueExtensions.Ids(20_000)).Outcomes().Count)).ToList();
        threads.ForEach(thread => thread.Start());
        threads.ForEach(thread => thread.Join());

        Assert.Equal([20_000, 20_000], counts);
    });

    [Fact]
    public void A_worker_can_open_a_queue_itself_to_any_depth_that_the_process_has_workers_for() => Guard.Run(() =>
    {
        Pool pool = null!;
        var leaves = 0;
        using var made = pool = new Pool(TestHost.ForItems(depth =>
        {
            if (depth == 0)
            {
                Interlocked.Increment(ref leaves);
                return;
            }

            using var inner = pool.Open(new QueueOptions { WorkerLimit = 4 });
            var outcomes = inner.RunToEnd([.. Enumerable.Repeat(depth - 1, 4)]);
            Assert.All(outcomes, ended => Assert.Equal(Outcome.Succeeded, ended.Outcome));
        }));
        using var queue = pool.Open(new QueueOptions { WorkerLimit = 4 });

        Assert.Equal(Outcome.Succeeded, Assert.Single(queue.RunToEnd([3])).Outcome);
        Assert.Equal(64, leaves);
    });

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static (Pool Pool, WeakReference Host) MakePool()
    {
        var host = TestHost.ForItems(_ => { });
        return (new Pool(host), new WeakReference(host));
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static WeakReference UseAndForget()
    {
        var (pool, host) = MakePool();
        var queue = pool.Open(new QueueOptions());
        queue.RunToEnd([0]);
        return host;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static WeakReference UseWithLimits(bool poolFirst)
    {
        var (pool, host) = MakePool();
        var options = new QueueOptions { ItemTimeout = TimeSpan.FromHours(1), StopGrace = Timeout.InfiniteTimeSpan };
        var queue = pool.Open(options);
        queue.RunToEnd(QueueExtensions.Ids(10));
        if (poolFirst)
        {
            pool.Dispose();
        }

        queue.Dispose();
        pool.Dispose();
        return host;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static WeakReference DisposeWhileRunning(ManualResetEventSlim mayEnd)
    {
        var host = TestHost.ForItems(_ => mayEnd.Wait());
        using var pool = new Pool(host);
        using var queue = pool.Open(new QueueOptions { StopGrace = Timeout.InfiniteTimeSpan });
        queue.Give(0);
        Guard.Until(() => queue.GetCounters().Running == 1);
        return new WeakReference(host);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static WeakReference AbandonAndDispose(ManualResetEventSlim mayEnd)
    {
        var host = TestHost.ForItems(_ => mayEnd.Wait());
        using var pool = new Pool(host);
        var options = new QueueOptions { ItemTimeout = TimeSpan.FromMilliseconds(1), StopGrace = TimeSpan.Zero };
        using var queue = pool.Open(options);
        Assert.Equal(Outcome.TimedOut, Assert.Single(queue.RunToEnd([0])).Outcome);
        Guard.Until(() => pool.GetCounters().Abandoned == 1);
        return new WeakReference(host);
    }

    private static void UntilCollected(WeakReference reference) => Guard.Until(() =>
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        return !reference.IsAlive;
    });
}
