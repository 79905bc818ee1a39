using System;
using System.Linq;
using System.Threading;
using OrchestrationEngine.Native.Tests.Support;
using Xunit;

namespace OrchestrationEngine.Native.Tests;

/// <summary>Disposal in every order, and use after it.</summary>
public sealed class DisposalTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Queue_and_pool_in_either_order_after_the_work(bool poolFirst) => Guard.Run(() =>
    {
        var pool = new Pool(TestHost.ForItems(_ => { }));
        var queue = pool.Open(new QueueOptions());
        queue.RunToEnd(QueueExtensions.Ids(100));

        DisposeBoth(pool, queue, poolFirst);
    });

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Queue_and_pool_in_either_order_while_items_run(bool poolFirst) => Guard.Run(() =>
    {
        using var hasEnded = new ManualResetEventSlim();
        TestHost host = null!;
        host = TestHost.ForItems((_, _) =>
        {
            host.IsStopped.Wait();
            hasEnded.Set();
            return Outcome.Failed;
        });
        var pool = new Pool(host);
        var queue = pool.Open(new QueueOptions { WorkerLimit = 1, StopGrace = Timeout.InfiniteTimeSpan });
        queue.Submit(QueueExtensions.Ids(10));
        Guard.Until(() => queue.GetCounters().Running == 1);

        DisposeBoth(pool, queue, poolFirst);

        hasEnded.Wait();
    });

    [Fact]
    public void The_queue_of_a_disposed_pool_still_gives_every_end() => Guard.Run(() =>
    {
        TestHost host = null!;
        host = TestHost.ForItems((_, _) =>
        {
            host.IsStopped.Wait();
            return Outcome.Failed;
        });
        var pool = new Pool(host);
        using var queue = pool.Open(new QueueOptions { WorkerLimit = 1 });
        queue.Submit(QueueExtensions.Ids(10));
        Guard.Until(() => queue.GetCounters().Running == 1);

        pool.Dispose();

        Assert.Equal(10, queue.TakeToEnd().Count(ended => ended.Outcome == Outcome.Stopped));
        Assert.Equal(CancelReason.HostGone, queue.CancelReason);
        Assert.Equal(Waited.Ended, queue.TrySubmit(0));
    });

    [Fact]
    public void Disposing_twice_is_fine() => Guard.Run(() =>
    {
        var pool = new Pool(TestHost.ForItems(_ => { }));
        var queue = pool.Open(new QueueOptions());
        queue.Dispose();
        queue.Dispose();
        pool.Dispose();
        pool.Dispose();
        queue.Dispose();
    });

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Inside_a_worker(bool poolFirst) => Guard.Run(() =>
    {
        using var isDone = new ManualResetEventSlim();
        Pool pool = null!;
        ItemQueue queue = null!;
        bool? wasTaken = null;
        var next = Waited.Ready;
        var host = new TestHost(worker =>
        {
            if (!worker.TryAttach(out _) || worker.Next(out var item) != Waited.Ready)
            {
                return;
            }

            DisposeBoth(pool, queue, poolFirst);
            wasTaken = worker.End(item, Outcome.Succeeded);
            next = worker.Next(out _);
            worker.Detach();
            Assert.False(worker.TryAttach(out _));
            isDone.Set();
        });
        pool = new Pool(host);
        queue = pool.Open(new QueueOptions { WorkerLimit = 1, StopGrace = Timeout.InfiniteTimeSpan });
        queue.Give(0);

        isDone.Wait();
        Assert.True(wasTaken);
        Assert.Equal(Waited.Stopped, next);
        Assert.Empty(host.Failures);
    });

    [Fact]
    public void Of_the_queue_while_another_thread_waits_in_it() => Guard.Run(() =>
    {
        using var isWaiting = new ManualResetEventSlim();
        using var pool = new Pool(TestHost.ForItems(_ => { }));
        var queue = pool.Open(new QueueOptions());
        var wasDisposed = false;
        var waiter = new Thread(() =>
        {
            isWaiting.Set();
            UntilDisposed(() => queue.Wait(Timeout.InfiniteTimeSpan));
            wasDisposed = true;
        });
        waiter.Start();
        isWaiting.Wait();

        queue.Dispose();

        waiter.Join();
        Assert.True(wasDisposed);
    });

    [Fact]
    public void Of_the_pool_while_another_thread_waits_in_its_queue() => Guard.Run(() =>
    {
        using var isWaiting = new ManualResetEventSlim();
        var pool = new Pool(TestHost.ForItems(_ => { }));
        using var queue = pool.Open(new QueueOptions());
        var waited = Waited.Ready;
        var waiter = new Thread(() =>
        {
            isWaiting.Set();
            waited = queue.Wait(Timeout.InfiniteTimeSpan);
        });
        waiter.Start();
        isWaiting.Wait();

        pool.Dispose();

        waiter.Join();
        Assert.Equal(Waited.Ended, waited);
    });

    [Fact]
    public void By_many_threads_at_once_while_others_use_them() => Guard.Run(() =>
    {
        for (var repeat = 0; repeat < 25; repeat++)
        {
            var pool = new Pool(TestHost.ForItems(_ => { }));
            var queue = pool.Open(new QueueOptions { WorkerLimit = 2 });
            Action[] uses =
            [
                () => UntilDisposed(() => queue.TrySubmit(1)),
                () => UntilDisposed(() => queue.Take(new ItemEvent[16])),
                () => UntilDisposed(() => queue.GetCounters()),
                () => UntilDisposed(() => pool.GetCounters()),
                () => UntilDisposed(() => pool.Open(new QueueOptions()).Dispose()),
                queue.Dispose,
                queue.Dispose,
                pool.Dispose,
                pool.Dispose,
            ];
            var threads = uses.Select(use => new Thread(() => use())).ToList();
            threads.ForEach(thread => thread.Start());
            threads.ForEach(thread => thread.Join());
        }
    });

    [Fact]
    public void Every_use_of_a_disposed_queue_or_pool_says_so() => Guard.Run(() =>
    {
        var pool = new Pool(TestHost.ForItems(_ => { }));
        var queue = pool.Open(new QueueOptions());
        pool.Dispose();
        queue.Dispose();

        Action[] uses =
        [
            () => pool.Open(new QueueOptions()),
            () => pool.GetCounters(),
            () => pool.GetWorkers(),
            pool.Trim,
            () => queue.Submit([1]),
            () => queue.TrySubmit(1),
            () => queue.Wait(TimeSpan.Zero),
            () => queue.Take(new ItemEvent[1]),
            () => queue.GetCounters(),
            () => queue.Cancel(CancelReason.Requested),
            () => _ = queue.CancelReason,
            queue.Close,
        ];
        Assert.All(uses, use => Assert.Throws<ObjectDisposedException>(use));
    });

    private static void DisposeBoth(Pool pool, ItemQueue queue, bool poolFirst)
    {
        if (poolFirst)
        {
            pool.Dispose();
        }

        queue.Dispose();
        pool.Dispose();
    }

    private static void UntilDisposed(Action use)
    {
        try
        {
            while (true)
            {
                use();
            }
        }
        catch (ObjectDisposedException)
        {
            // As it should be.
        }
    }
}
