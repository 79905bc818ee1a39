using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using OrchestrationEngine.Native.Tests.Support;
using Xunit;

namespace OrchestrationEngine.Native.Tests;

/// <summary>Items in, events out: nothing is lost, nothing comes twice, and both sides are bounded.</summary>
public sealed class ItemTests
{
    [Fact]
    public void The_worker_limit_can_be_raised_and_lowered_while_items_run() => Guard.Run(() =>
    {
        using var both = new Barrier(2);
        using var pool = new Pool(TestHost.ForItems(item => Assert.True(item > 1 || both.SignalAndWait(Guard.Limit))));
        using var queue = pool.Open(new QueueOptions { WorkerLimit = 1 });
        queue.Give(0);
        queue.Give(1);

        queue.SetWorkerLimit(2);
        Assert.Equal(2, new[] { queue.TakeOne(), queue.TakeOne() }.Select(ended => ended.Worker).Distinct().Count());

        queue.SetWorkerLimit(1);
        Guard.Until(() => pool.GetWorkers().Count(worker => worker.Attachment > 0) == 1);
        Assert.Equal(3, queue.RunToEnd([2, 3, 4]).Count);
    });

    [Theory]
    [InlineData(-1)]
    [InlineData(0)]
    [InlineData(Engine.WorkerLimit + 1)]
    public void A_worker_limit_out_of_range_is_refused(int limit)
    {
        using var pool = new Pool(TestHost.ForItems(_ => { }));
        using var queue = pool.Open(new QueueOptions());

        Assert.Throws<ArgumentOutOfRangeException>(() => queue.SetWorkerLimit(limit));
    }

    private const int Million = 1_000_000;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(64)]
    [InlineData(200)]
    public void Each_of_a_million_items_runs_and_ends_exactly_once(int workers) => Guard.Run(() =>
    {
        var runs = new int[Million];
        var host = new TestHost(worker => PullInBatches(worker, item => Interlocked.Increment(ref runs[item])));
        using var pool = new Pool(host);
        using var queue = pool.Open(new QueueOptions { WorkerLimit = workers });

        var events = queue.RunToEnd(QueueExtensions.Ids(Million));

        Assert.DoesNotContain(runs, count => count != 1);
        Assert.Equal(Million, events.Count);
        Assert.Equal(Million, events.Select(ended => ended.Item).Distinct().Count());
        Assert.DoesNotContain(events, ended => ended.Outcome != Outcome.Succeeded || ended.Worker == 0);
        var counters = queue.GetCounters();
        Assert.Equal((Million, Million), (counters.Submitted, counters.Succeeded));
        Assert.Equal((0, 0), (counters.Queued, counters.Running));
        Assert.Empty(host.Failures);
    });

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(7)]
    public void A_few_items_all_end(int count) => Guard.Run(() =>
    {
        using var pool = new Pool(TestHost.ForItems(_ => { }));
        using var queue = pool.Open(new QueueOptions());

        var outcomes = queue.RunToEnd(QueueExtensions.Ids(count)).Outcomes();

        Assert.Equal(count, outcomes.Count);
        Assert.All(outcomes.Values, outcome => Assert.Equal(Outcome.Succeeded, outcome));
    });

    [Fact]
    public void Two_hundred_items_run_at_once_with_two_hundred_workers() => Guard.Run(() =>
    {
        using var all = new Barrier(200);
        using var pool = new Pool(TestHost.ForItems(_ => all.SignalAndWait()));
        using var queue = pool.Open(new QueueOptions { WorkerLimit = 200 });

        var events = queue.RunToEnd(QueueExtensions.Ids(200));

        Assert.Equal(200, events.Select(ended => ended.Worker).Distinct().Count());
    });

    [Fact]
    public void No_more_items_run_at_once_than_the_limit_says() => Guard.Run(() =>
    {
        var running = 0;
        var most = 0;
        using var two = new Barrier(2);
        using var pool = new Pool(TestHost.ForItems(_ =>
        {
            InterlockedMaximum(ref most, Interlocked.Increment(ref running));
            two.SignalAndWait();
            Interlocked.Decrement(ref running);
            two.SignalAndWait();
        }));
        using var queue = pool.Open(new QueueOptions { WorkerLimit = 2 });

        queue.RunToEnd(QueueExtensions.Ids(100));

        Assert.Equal(2, most);
    });

    [Fact]
    public void Queues_of_size_one_pass_everything() => Guard.Run(() =>
    {
        using var pool = new Pool(TestHost.ForItems((worker, item) =>
        {
            worker.Emit(item, 1);
            worker.Emit(item, 2);
            return Outcome.Succeeded;
        }));
        var options = new QueueOptions { WorkerLimit = 4, InputCapacity = 1, OutputCapacity = 1 };
        using var queue = pool.Open(options);

        var events = queue.RunToEnd(QueueExtensions.Ids(2_000));

        Assert.Equal(6_000, events.Count);
        Assert.All(
            events.GroupBy(found => found.Item),
            item => Assert.Equal([1, 2, ItemEvent.EndedKind], item.Select(found => found.Kind)));
    });

    [Fact]
    public void A_full_input_takes_no_more_until_a_worker_has_taken_some() => Guard.Run(() =>
    {
        using var isRunning = new ManualResetEventSlim();
        using var mayEnd = new ManualResetEventSlim();
        using var pool = new Pool(TestHost.ForItems(_ =>
        {
            isRunning.Set();
            mayEnd.Wait();
        }));
        using var queue = pool.Open(new QueueOptions { WorkerLimit = 1, InputCapacity = 4 });
        queue.Give(0);
        isRunning.Wait();

        Assert.Equal(4, queue.Submit(QueueExtensions.Ids(100)));
        Assert.Equal(Waited.TimedOut, queue.TrySubmit(100));
        Assert.Equal(Waited.TimedOut, queue.Wait(TimeSpan.Zero, wantRoom: true));

        mayEnd.Set();
        Assert.Equal(Waited.Ready, queue.Wait(Timeout.InfiniteTimeSpan, wantRoom: true));
        queue.Close();
        Assert.Equal(5, queue.TakeToEnd().Count);
    });

    [Fact]
    public void A_full_output_holds_the_worker_until_some_was_taken() => Guard.Run(() =>
    {
        var emitted = 0;
        using var pool = new Pool(TestHost.ForItems((worker, item) =>
        {
            while (emitted < 100)
            {
                Interlocked.Increment(ref emitted);
                worker.Emit(item, 1);
            }

            return Outcome.Succeeded;
        }));
        using var queue = pool.Open(new QueueOptions { WorkerLimit = 1, OutputCapacity = 8 });
        queue.Give(0);
        queue.Close();
        var events = new ItemEvent[1000];
        var taken = 0;
        while (queue.Wait(Timeout.InfiniteTimeSpan) == Waited.Ready)
        {
            var count = queue.Take(events);
            Assert.InRange(count, 0, 8);
            taken += count;
            // What is in the worker's hand, and what it put out since.
            Assert.InRange(Volatile.Read(ref emitted), 0, taken + 8 + 1);
        }

        Assert.Equal(101, taken);
    });

    [Fact]
    public void A_long_item_does_not_hold_back_the_short_ones() => Guard.Run(() =>
    {
        using var othersHaveEnded = new ManualResetEventSlim();
        var host = new TestHost(worker => PullInBatches(worker, item =>
        {
            if (item == 0)
            {
                othersHaveEnded.Wait();
            }
        }));
        using var pool = new Pool(host);
        using var queue = pool.Open(new QueueOptions { WorkerLimit = 2 });
        queue.Submit(QueueExtensions.Ids(1_000));
        queue.Close();

        for (var ended = 0; ended < 999; ended++)
        {
            Assert.NotEqual(0, queue.TakeOne().Item);
        }

        othersHaveEnded.Set();
        Assert.Equal(0, queue.TakeOne().Item);
    });

    [Fact]
    public void Items_that_are_given_back_run_later() => Guard.Run(() =>
    {
        var givenBack = 0;
        var host = new TestHost(worker =>
        {
            while (worker.TryAttach(out _))
            {
                while (worker.Next(out var item) == Waited.Ready)
                {
                    if (Interlocked.Exchange(ref givenBack, 1) == 0)
                    {
                        Assert.True(worker.GiveBack([item]));
                        continue;
                    }

                    worker.End(item, Outcome.Succeeded);
                }

                worker.Detach();
            }
        });
        using var pool = new Pool(host);
        using var queue = pool.Open(new QueueOptions());

        Assert.Equal(10, queue.RunToEnd(QueueExtensions.Ids(10)).Outcomes().Count);
        Assert.Empty(host.Failures);
    });

    [Fact]
    public void The_tag_reaches_the_workers_and_an_event_says_who_and_how_long() => Guard.Run(() =>
    {
        long tag = 0;
        var worker = 0;
        using var pool = new Pool(new TestHost(it =>
        {
            while (it.TryAttach(out var attachment))
            {
                while (it.Next(out var item) == Waited.Ready)
                {
                    (worker, tag) = (it.Id, attachment.Tag);
                    it.End(item, Outcome.Failed);
                }

                it.Detach();
            }
        }));
        using var queue = pool.Open(new QueueOptions { Tag = long.MinValue });
        queue.Give(long.MinValue);

        var ended = queue.TakeOne();

        Assert.True(ended.IsEnd);
        Assert.Equal((long.MinValue, long.MinValue), (tag, ended.Item));
        Assert.Equal((worker, Outcome.Failed), (ended.Worker, ended.Outcome));
        Assert.InRange(ended.Duration, TimeSpan.Zero, Guard.Limit);
    });

    [Fact]
    public void A_wait_that_nothing_ends_ends_by_its_limit() => Guard.Run(() =>
    {
        using var pool = new Pool(TestHost.ForItems(_ => { }));
        using var queue = pool.Open(new QueueOptions());

        Assert.Equal(Waited.TimedOut, queue.Wait(TimeSpan.FromMilliseconds(1)));
        Assert.Equal(0, queue.Take([]));
        Assert.Equal(0, queue.Submit([]));
    });

    private static void PullInBatches(Worker worker, Action<long> run)
    {
        var items = new long[64];
        while (worker.TryAttach(out _))
        {
            while (worker.Next(items, Timeout.InfiniteTimeSpan, out var count) == Waited.Ready)
            {
                foreach (var item in items.AsSpan(0, count))
                {
                    run(item);
                    worker.End(item, Outcome.Succeeded);
                }
            }

            worker.Detach();
        }
    }

    private static void InterlockedMaximum(ref int most, int value)
    {
        for (var seen = most; value > seen; seen = most)
        {
            Interlocked.CompareExchange(ref most, value, seen);
        }
    }
}
