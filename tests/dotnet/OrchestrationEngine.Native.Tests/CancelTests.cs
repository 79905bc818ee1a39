using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using OrchestrationEngine.Native.Tests.Support;
using Xunit;

namespace OrchestrationEngine.Native.Tests;

/// <summary>A cancel in every phase of a queue's life: each item still ends, once.</summary>
public sealed class CancelTests
{
    [Fact]
    public void Before_any_item_nothing_comes() => Guard.Run(() =>
    {
        using var pool = new Pool(TestHost.ForItems(_ => { }));
        using var queue = pool.Open(new QueueOptions());
        Assert.Equal(CancelReason.None, queue.CancelReason);

        queue.Cancel(CancelReason.Requested);

        Assert.Equal(Waited.Ended, queue.Wait(Timeout.InfiniteTimeSpan));
        Assert.Equal(CancelReason.Requested, queue.CancelReason);
    });

    [Fact]
    public void What_runs_is_stopped_and_what_waits_never_starts() => Guard.Run(() =>
    {
        var started = 0;
        using var isRunning = new ManualResetEventSlim();
        TestHost host = null!;
        host = TestHost.ForItems((_, _) =>
        {
            Interlocked.Increment(ref started);
            isRunning.Set();
            host.IsStopped.Wait();
            return Outcome.Failed;
        });
        using var pool = new Pool(host);
        using var queue = pool.Open(new QueueOptions { WorkerLimit = 1 });
        queue.Submit(QueueExtensions.Ids(10));
        isRunning.Wait();

        queue.Cancel(CancelReason.Requested);
        var events = queue.TakeToEnd();

        Assert.Equal(10, events.Outcomes().Count);
        Assert.All(events, ended => Assert.Equal(Outcome.Stopped, ended.Outcome));
        Assert.Equal(1, events.Count(ended => ended.Worker != 0));
        Assert.Equal(1, started);
    });

    [Fact]
    public void An_item_that_still_succeeds_has_succeeded() => Guard.Run(() =>
    {
        TestHost host = null!;
        host = TestHost.ForItems(_ => host.IsStopped.Wait());
        using var pool = new Pool(host);
        using var queue = pool.Open(new QueueOptions { WorkerLimit = 1, StopGrace = Timeout.InfiniteTimeSpan });
        queue.Give(0);
        Guard.Until(() => queue.GetCounters().Running == 1);

        queue.Cancel(CancelReason.Requested);

        Assert.Equal(Outcome.Succeeded, queue.TakeOne().Outcome);
    });

    [Fact]
    public void A_worker_that_waits_for_items_is_let_go() => Guard.Run(() =>
    {
        using var isStopped = new ManualResetEventSlim();
        using var pool = new Pool(new TestHost(worker =>
        {
            if (!worker.TryAttach(out _) || worker.Next(out var item) != Waited.Ready)
            {
                return;
            }

            worker.End(item, Outcome.Succeeded);
            Assert.Equal(Waited.Stopped, worker.Next(out _));
            isStopped.Set();
        }));
        using var queue = pool.Open(new QueueOptions { WorkerLimit = 1 });
        queue.Give(0);
        queue.TakeOne();

        queue.Cancel(CancelReason.Requested);

        isStopped.Wait();
        Assert.Equal(Waited.Ended, queue.Wait(Timeout.InfiniteTimeSpan));
    });

    [Fact]
    public void A_worker_that_waits_for_room_is_let_go() => Guard.Run(() =>
    {
        using var isEmitting = new ManualResetEventSlim();
        using var hasEnded = new ManualResetEventSlim();
        using var pool = new Pool(TestHost.ForItems((worker, item) =>
        {
            for (var count = 0; count < 10; count++)
            {
                worker.Emit(item, 1);
                isEmitting.Set();
            }

            hasEnded.Set();
            return Outcome.Failed;
        }));
        var options = new QueueOptions { WorkerLimit = 1, OutputCapacity = 1, StopGrace = Timeout.InfiniteTimeSpan };
        using var queue = pool.Open(options);
        queue.Give(0);
        isEmitting.Wait();

        queue.Cancel(CancelReason.Requested);

        hasEnded.Wait();
        Assert.Equal(11, queue.TakeToEnd().Count);
    });

    [Fact]
    public void A_thread_that_waits_for_output_is_woken() => Guard.Run(() =>
    {
        using var pool = new Pool(TestHost.ForItems(_ => { }));
        using var queue = pool.Open(new QueueOptions());
        var waited = Waited.Ready;
        var waiter = new Thread(() => waited = queue.Wait(Timeout.InfiniteTimeSpan));
        waiter.Start();

        queue.Cancel(CancelReason.Requested);

        waiter.Join();
        Assert.Equal(Waited.Ended, waited);
    });

    [Fact]
    public void After_the_close_what_waits_is_still_stopped() => Guard.Run(() =>
    {
        TestHost host = null!;
        host = TestHost.ForItems((_, _) =>
        {
            host.IsStopped.Wait();
            return Outcome.Failed;
        });
        using var pool = new Pool(host);
        using var queue = pool.Open(new QueueOptions { WorkerLimit = 1 });
        queue.Submit(QueueExtensions.Ids(3));
        queue.Close();
        Guard.Until(() => queue.GetCounters().Running == 1);

        queue.Cancel(CancelReason.Requested);

        Assert.Equal(3, queue.TakeToEnd().Count(ended => ended.Outcome == Outcome.Stopped));
    });

    [Fact]
    public void After_the_end_it_changes_nothing() => Guard.Run(() =>
    {
        using var pool = new Pool(TestHost.ForItems(_ => { }));
        using var queue = pool.Open(new QueueOptions());
        queue.RunToEnd(QueueExtensions.Ids(3));

        queue.Cancel(CancelReason.Requested);
        queue.Cancel(CancelReason.Requested);

        Assert.Equal(Waited.Ended, queue.Wait(Timeout.InfiniteTimeSpan));
        Assert.Equal(3, queue.GetCounters().Succeeded);
    });

    [Fact]
    public void While_items_pour_in_each_accepted_one_ends() => Guard.Run(() =>
    {
        for (var repeat = 0; repeat < 200; repeat++)
        {
            using var pool = new Pool(TestHost.ForItems(_ => { }));
            using var queue = pool.Open(new QueueOptions { WorkerLimit = 2, InputCapacity = 8 });
            var accepted = 0L;
            var feeder = new Thread(() => accepted = FeedUntilClosed(queue));
            feeder.Start();
            for (var taken = 0; taken < repeat; taken++)
            {
                queue.TakeOne();
            }

            queue.Cancel(CancelReason.Requested);
            var rest = queue.TakeToEnd();
            feeder.Join();

            Assert.Equal(accepted, repeat + rest.Count);
            Assert.Equal(accepted, queue.GetCounters().Done);
        }
    });

    [Theory]
    [InlineData(CancelReason.FirstFailure, Outcome.Stopped)]
    [InlineData(CancelReason.Timeout, Outcome.TimedOut)]
    [InlineData(CancelReason.Requested, Outcome.Stopped)]
    [InlineData(CancelReason.HostGone, Outcome.Stopped)]
    public void The_reason_says_how_running_items_end(CancelReason reason, Outcome expected) => Guard.Run(() =>
    {
        TestHost host = null!;
        host = TestHost.ForItems((_, _) =>
        {
            host.IsStopped.Wait();
            return Outcome.Failed;
        });
        using var pool = new Pool(host);
        using var queue = pool.Open(new QueueOptions { WorkerLimit = 1 });
        queue.Give(7);
        Guard.Until(() => queue.GetCounters().Running == 1);

        queue.Cancel(reason);

        Assert.Equal(new Dictionary<long, Outcome> { [7] = expected }, queue.TakeToEnd().Outcomes());
    });

    [Fact]
    public void A_later_reason_replaces_an_earlier_one_and_never_the_other_way_round() => Guard.Run(() =>
    {
        using var pool = new Pool(TestHost.ForItems(_ => { }));
        using var queue = pool.Open(new QueueOptions());

        queue.Cancel(CancelReason.Timeout);
        queue.Cancel(CancelReason.FirstFailure);
        Assert.Equal(CancelReason.Timeout, queue.CancelReason);

        queue.Cancel(CancelReason.HostGone);
        Assert.Equal(CancelReason.HostGone, queue.CancelReason);
    });

    [Theory]
    [InlineData(CancelReason.None)]
    [InlineData((CancelReason)5)]
    [InlineData((CancelReason)(-1))]
    public void What_is_no_reason_is_refused(CancelReason reason) => Guard.Run(() =>
    {
        using var pool = new Pool(TestHost.ForItems(_ => { }));
        using var queue = pool.Open(new QueueOptions());

        var error = Assert.Throws<EngineException>(() => queue.Cancel(reason));

        Assert.Equal(EngineStatus.InvalidArgument, error.Status);
        Assert.Contains("no reason to cancel", error.Message, StringComparison.Ordinal);
        Assert.Equal(CancelReason.None, queue.CancelReason);
    });

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_closed_or_cancelled_queue_takes_no_more(bool cancel) => Guard.Run(() =>
    {
        using var pool = new Pool(TestHost.ForItems(_ => { }));
        using var queue = pool.Open(new QueueOptions());
        if (cancel)
        {
            queue.Cancel(CancelReason.Requested);
        }
        else
        {
            queue.Close();
            queue.Close();
        }

        Assert.Equal(Waited.Ended, queue.TrySubmit(0));
        var error = Assert.Throws<EngineException>(() => queue.Submit([0]));
        Assert.Equal(EngineStatus.Closed, error.Status);
        Assert.Contains("takes no more items", error.Message, StringComparison.Ordinal);
        Assert.Equal(0, queue.GetCounters().Submitted);
    });

    private static long FeedUntilClosed(ItemQueue queue)
    {
        var accepted = 0L;
        while (true)
        {
            switch (queue.TrySubmit(accepted))
            {
                case Waited.Ready:
                    accepted++;
                    break;
                case Waited.Ended:
                    return accepted;
                default:
                    Thread.Yield();
                    break;
            }
        }
    }
}
