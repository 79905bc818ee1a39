using System;
using System.Linq;
using System.Threading;
using OrchestrationEngine.Native.Tests.Support;
using Xunit;

namespace OrchestrationEngine.Native.Tests;

/// <summary>Time limits of items and queues, and workers that ignore them.</summary>
public sealed class LimitTests
{
    private static readonly TimeSpan Short = TimeSpan.FromMilliseconds(20);

    [Fact]
    public void An_item_past_its_limit_is_stopped_and_the_others_finish() => Guard.Run(() =>
    {
        TestHost host = null!;
        host = TestHost.ForItems((_, item) =>
        {
            if (item != 5)
            {
                return Outcome.Succeeded;
            }

            host.IsStopped.Wait();
            return Outcome.Failed;
        });
        using var pool = new Pool(host);
        var options = new QueueOptions { WorkerLimit = 2, ItemTimeout = Short, StopGrace = Timeout.InfiniteTimeSpan };
        using var queue = pool.Open(options);

        var events = queue.RunToEnd(QueueExtensions.Ids(20));

        Assert.Equal(20, events.Outcomes().Count);
        Assert.All(events, it => Assert.Equal(it.Item == 5 ? Outcome.TimedOut : Outcome.Succeeded, it.Outcome));
        Assert.True(events.Single(ended => ended.Item == 5).Duration >= Short);
        Assert.Equal(CancelReason.None, queue.CancelReason);
    });

    [Fact]
    public void An_item_that_succeeds_past_its_limit_has_succeeded() => Guard.Run(() =>
    {
        TestHost host = null!;
        host = TestHost.ForItems(_ => host.IsStopped.Wait());
        using var pool = new Pool(host);
        var options = new QueueOptions { ItemTimeout = Short, StopGrace = Timeout.InfiniteTimeSpan };
        using var queue = pool.Open(options);

        Assert.Equal(Outcome.Succeeded, Assert.Single(queue.RunToEnd([0])).Outcome);
    });

    [Fact]
    public void A_stop_names_the_worker_and_an_attachment_that_takes_no_further_item() => Guard.Run(() =>
    {
        var places = new StopRequest[2];
        var afterTheFirst = Waited.Ready;
        TestHost host = null!;
        host = new TestHost(worker =>
        {
            while (worker.TryAttach(out var attachment))
            {
                if (worker.Next(out var item) == Waited.Ready)
                {
                    places[item] = new StopRequest(worker.Id, attachment.Number);
                    RunOne(worker, item);
                }

                worker.Detach();
            }
        });
        using var pool = new Pool(host);
        var options = new QueueOptions { WorkerLimit = 1, ItemTimeout = Short, StopGrace = Timeout.InfiniteTimeSpan };
        using var queue = pool.Open(options);

        var outcomes = queue.RunToEnd([0, 1]).Outcomes();

        Assert.Equal((Outcome.TimedOut, Outcome.Succeeded), (outcomes[0], outcomes[1]));
        Assert.Equal([places[0]], host.Stops);
        Assert.NotEqual(places[0].Attachment, places[1].Attachment);
        Assert.Equal(Waited.Stopped, afterTheFirst);

        void RunOne(Worker worker, long item)
        {
            if (item == 1)
            {
                worker.End(item, Outcome.Succeeded);
                return;
            }

            host.IsStopped.Wait();
            worker.End(item, Outcome.Failed);
            afterTheFirst = worker.Next(out _);
        }
    });

    [Fact]
    public void A_queue_past_its_limit_is_cancelled() => Guard.Run(() =>
    {
        TestHost host = null!;
        host = TestHost.ForItems((_, _) =>
        {
            host.IsStopped.Wait();
            return Outcome.Failed;
        });
        using var pool = new Pool(host);
        using var queue = pool.Open(new QueueOptions { WorkerLimit = 1, Timeout = Short });
        queue.Submit(QueueExtensions.Ids(3));

        var events = queue.TakeToEnd();

        Assert.Equal(CancelReason.Timeout, queue.CancelReason);
        Assert.Equal(1, events.Count(ended => ended.Outcome == Outcome.TimedOut));
        Assert.Equal(2, events.Count(ended => ended.Outcome == Outcome.Stopped));
    });

    [Fact]
    public void A_queue_past_its_limit_ends_without_any_item() => Guard.Run(() =>
    {
        using var pool = new Pool(TestHost.ForItems(_ => { }));
        using var queue = pool.Open(new QueueOptions { Timeout = Short });

        Assert.Equal(Waited.Ended, queue.Wait(Timeout.InfiniteTimeSpan));
        Assert.Equal(CancelReason.Timeout, queue.CancelReason);
    });

    [Fact]
    public void A_worker_that_ignores_its_stop_is_abandoned_replaced_and_its_late_report_counted() => Guard.Run(() =>
    {
        using var mayReturn = new ManualResetEventSlim();
        using var hasReturned = new ManualResetEventSlim();
        bool? lateEnd = null, lateEmit = null, lateAttach = null;
        var lateNext = Waited.Ready;
        var host = new TestHost(worker =>
        {
            if (!worker.TryAttach(out _) || worker.Next(out var item) != Waited.Ready)
            {
                return;
            }

            if (item != 0)
            {
                worker.End(item, Outcome.Succeeded);
                return;
            }

            mayReturn.Wait();
            lateEmit = worker.Emit(item, 1);
            lateEnd = worker.End(item, Outcome.Succeeded);
            lateNext = worker.Next(out _);
            worker.Detach();
            lateAttach = worker.TryAttach(out _);
            hasReturned.Set();
        });
        using var pool = new Pool(host);
        using var queue = pool.Open(new QueueOptions { WorkerLimit = 1, ItemTimeout = Short, StopGrace = Short });
        queue.Submit([0, 1]);

        var lost = queue.TakeOne();
        var next = queue.TakeOne();
        Assert.Equal((0L, Outcome.TimedOut), (lost.Item, lost.Outcome));
        Assert.Equal((1L, Outcome.Succeeded), (next.Item, next.Outcome));
        Assert.NotEqual(lost.Worker, next.Worker);
        Guard.Until(() => pool.GetCounters().Abandoned == 1);
        Assert.DoesNotContain(pool.GetWorkers(), worker => worker.Id == lost.Worker);

        mayReturn.Set();
        hasReturned.Wait();
        Assert.Equal((false, false, false), (lateEmit, lateEnd, lateAttach));
        Assert.Equal(Waited.Abandoned, lateNext);
        Assert.Equal(2, queue.GetCounters().Late);
        queue.Close();
        Assert.Empty(queue.TakeToEnd());
        var counters = queue.GetCounters();
        Assert.Equal((1, 1, 2), (counters.Succeeded, counters.TimedOut, counters.Done));
        Assert.Empty(host.Failures);
    });

    [Fact]
    public void Many_stuck_workers_do_not_keep_the_other_items() => Guard.Run(() =>
    {
        using var mayReturn = new ManualResetEventSlim();
        using var pool = new Pool(TestHost.ForItems(item =>
        {
            if (item % 10 == 0)
            {
                mayReturn.Wait();
            }
        }));
        using var queue = pool.Open(new QueueOptions { WorkerLimit = 4, ItemTimeout = Short, StopGrace = Short });

        var events = queue.RunToEnd(QueueExtensions.Ids(200));

        Assert.Equal(200, events.Outcomes().Count);
        Assert.All(events, it => Assert.Equal(it.Item % 10 == 0 ? Outcome.TimedOut : Outcome.Succeeded, it.Outcome));
        Guard.Until(() => pool.GetCounters().Abandoned == 20);
        mayReturn.Set();
    });

    [Fact]
    public void Limits_too_far_away_to_come_are_kept_without_harm() => Guard.Run(() =>
    {
        using var pool = new Pool(TestHost.ForItems(_ => { }), new PoolOptions { IdleTimeout = TimeSpan.MaxValue });
        using var queue = pool.Open(new QueueOptions
        {
            ItemTimeout = TimeSpan.MaxValue,
            Timeout = TimeSpan.MaxValue,
            StopGrace = TimeSpan.MaxValue,
        });
        queue.Give(0);

        Assert.Equal(Waited.Ready, queue.Wait(TimeSpan.MaxValue));
        Assert.Equal(Outcome.Succeeded, queue.TakeOne().Outcome);
        Assert.Equal(Waited.TimedOut, queue.Wait(TimeSpan.FromTicks(1)));
    });

    [Fact]
    public void An_infinite_limit_is_no_limit() => Guard.Run(() =>
    {
        var infinite = Timeout.InfiniteTimeSpan;
        using var pool = new Pool(TestHost.ForItems(_ => { }), new PoolOptions { IdleTimeout = infinite });
        var options = new QueueOptions { ItemTimeout = infinite, Timeout = infinite, StopGrace = infinite };
        using var queue = pool.Open(options);

        Assert.Equal(Outcome.Succeeded, Assert.Single(queue.RunToEnd([0])).Outcome);
    });
}
