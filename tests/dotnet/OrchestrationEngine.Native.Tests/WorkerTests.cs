using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using OrchestrationEngine.Native.Tests.Support;
using Xunit;

namespace OrchestrationEngine.Native.Tests;

/// <summary>What a worker refuses: use out of turn, on another thread, after its time.</summary>
public sealed class WorkerTests
{
    // Everything that a worker can be asked for.
    private static readonly Action<Worker>[] Uses =
    [
        worker => worker.TryAttach(out _),
        worker => worker.Next(out _),
        worker => worker.Next(new long[1], TimeSpan.Zero, out _),
        worker => worker.Start(0),
        worker => worker.Emit(0, 1),
        worker => worker.End(0, Outcome.Succeeded),
        worker => worker.GiveBack([0]),
        worker => worker.Detach(),
    ];

    [Fact]
    public void A_worker_kept_beyond_its_time_is_disposed() => Guard.Run(() =>
    {
        Worker? kept = null;
        var host = new TestHost(worker =>
        {
            kept = worker;
            TestHost.Loop(worker, (_, _) => Outcome.Succeeded);
        });
        using (var pool = new Pool(host))
        using (var queue = pool.Open(new QueueOptions { WorkerLimit = 1 }))
        {
            queue.RunToEnd([0]);
            UntilTrimmed(pool);
        }

        Assert.True(kept!.Id > 0);
        Assert.All(Uses, use => Assert.Throws<ObjectDisposedException>(() => use(kept)));
    });

    [Fact]
    public void Another_thread_may_not_use_a_worker() => Guard.Run(() =>
    {
        var errors = new List<Exception?>();
        var host = TestHost.ForItems((worker, _) =>
        {
            var other = new Thread(() => errors.AddRange(Uses.Select(use => Record.Exception(() => use(worker)))));
            other.Start();
            other.Join();
            return Outcome.Succeeded;
        });
        using var pool = new Pool(host);
        using var queue = pool.Open(new QueueOptions());

        Assert.Equal(Outcome.Succeeded, Assert.Single(queue.RunToEnd([0])).Outcome);

        Assert.Equal(Uses.Length, errors.Count);
        Assert.All(errors, AssertInvalidState);
    });

    [Fact]
    public void A_worker_that_is_not_attached_can_only_attach_and_one_that_is_cannot_again() => Guard.Run(() =>
    {
        var whileDetached = new List<Exception?>();
        Exception? whileAttached = null;
        var host = new TestHost(worker =>
        {
            var ofThisWorker = Uses.Skip(1).Select(use => Record.Exception(() => use(worker))).ToList();
            TestHost.Loop(worker, (_, _) =>
            {
                whileDetached.AddRange(ofThisWorker);
                whileAttached = Record.Exception(() => worker.TryAttach(out _));
                return Outcome.Succeeded;
            });
        });
        using var pool = new Pool(host);
        using var queue = pool.Open(new QueueOptions());
        queue.RunToEnd([0]);

        AssertInvalidState(whileAttached);
        Assert.NotEmpty(whileDetached);
        Assert.All(whileDetached, AssertInvalidState);
    });

    [Fact]
    public void Wrong_arguments_are_refused_with_a_text_and_harm_nothing() => Guard.Run(() =>
    {
        var errors = new List<Exception?>();
        using var isDone = new ManualResetEventSlim();
        bool? endOfAnother = null, secondEnd = null;
        var host = TestHost.ForItems((worker, item) =>
        {
            errors.Add(Record.Exception(() => worker.Emit(item, ItemEvent.EndedKind)));
            errors.Add(Record.Exception(() => worker.End(item, (Outcome)4)));
            errors.Add(Record.Exception(() => worker.End(item, (Outcome)(-1))));
            errors.Add(Record.Exception(() => worker.Next([], TimeSpan.Zero, out _)));
            endOfAnother = worker.End(item + 1, Outcome.Succeeded);
            worker.End(item, Outcome.Succeeded);
            secondEnd = worker.End(item, Outcome.Succeeded);
            isDone.Set();
            return Outcome.Failed;
        });
        using var pool = new Pool(host);
        using var queue = pool.Open(new QueueOptions());

        Assert.Equal(Outcome.Succeeded, Assert.Single(queue.RunToEnd([0])).Outcome);
        isDone.Wait();
        Assert.Equal((false, false), (endOfAnother, secondEnd));
        Assert.All(errors, error =>
        {
            Assert.Equal(EngineStatus.InvalidArgument, Assert.IsType<EngineException>(error).Status);
            Assert.NotEmpty(error.Message);
        });
    });

    [Fact]
    public void An_item_of_the_workers_own_lasts_over_those_that_it_takes() => Guard.Run(() =>
    {
        const long Own = 10;
        EngineException? again = null;
        var host = new TestHost(worker =>
        {
            while (worker.TryAttach(out _))
            {
                Assert.Equal(Waited.Ready, worker.Start(Own));
                again = Assert.Throws<EngineException>(() => worker.Start(Own));
                while (worker.Next(out var item) == Waited.Ready)
                {
                    worker.End(item, Outcome.Failed);
                }

                worker.Emit(Own, 7);
                worker.End(Own, Outcome.Succeeded);
                Assert.Equal(Waited.Ended, worker.Start(Own));
                worker.Detach();
            }
        });
        using var pool = new Pool(host);
        using var queue = pool.Open(new QueueOptions { WorkerLimit = 1 });

        var events = queue.RunToEnd([0, 1]);

        Assert.Equal([(0, 0), (1, 0), (Own, 7), (Own, 0)], events.Select(it => (it.Item, (int)it.Kind)));
        Assert.Equal([Outcome.Failed, Outcome.Failed, Outcome.Succeeded], events.Outcomes().Values);
        Assert.Equal(3, queue.GetCounters().Submitted);
        Assert.Equal(EngineStatus.InvalidState, again!.Status);
        Assert.Empty(host.Failures);
    });

    [Fact]
    public void An_item_of_the_workers_own_is_stopped_with_the_queue() => Guard.Run(() =>
    {
        using var hasStarted = new ManualResetEventSlim();
        var again = Waited.Ready;
        TestHost host = null!;
        host = new TestHost(worker =>
        {
            while (worker.TryAttach(out _))
            {
                worker.Start(5);
                worker.Next(out var item);
                worker.End(item, Outcome.Succeeded);
                hasStarted.Set();
                host.IsStopped.Wait();
                again = worker.Start(6);
                worker.Detach();
            }
        });
        using var pool = new Pool(host);
        using var queue = pool.Open(new QueueOptions { StopGrace = Timeout.InfiniteTimeSpan });
        queue.Give(0);
        hasStarted.Wait();

        queue.Cancel(CancelReason.Timeout);

        var outcomes = queue.TakeToEnd().Outcomes();
        Assert.Equal((Outcome.Succeeded, Outcome.TimedOut), (outcomes[0], outcomes[5]));
        Assert.Equal(Waited.Stopped, again);
        Assert.Equal(2, outcomes.Count);
    });

    [Fact]
    public void A_wait_for_items_that_nothing_ends_ends_by_its_limit() => Guard.Run(() =>
    {
        var found = new List<Waited>();
        var host = TestHost.ForItems((worker, item) =>
        {
            found.Add(worker.Next(new long[4], TimeSpan.Zero, out var count));
            found.Add(worker.Next(new long[4], TimeSpan.FromMilliseconds(1), out count));
            Assert.Equal(0, count);
            Assert.Throws<ArgumentOutOfRangeException>(() => worker.Next(new long[4], TimeSpan.FromSeconds(-2), out _));
            return Outcome.Succeeded;
        });
        using var pool = new Pool(host);
        using var queue = pool.Open(new QueueOptions());
        queue.Give(0);

        queue.TakeOne();

        Assert.Equal([Waited.TimedOut, Waited.TimedOut], found);
        Assert.Empty(host.Failures);
    });

    [Fact]
    public void Warm_workers_are_kept_listed_and_let_go() => Guard.Run(() =>
    {
        using var both = new Barrier(2);
        using var pool = new Pool(TestHost.ForItems(_ => both.SignalAndWait()));
        using var queue = pool.Open(new QueueOptions { WorkerLimit = 2 });
        queue.RunToEnd([0, 1]);
        // A thread more than is needed may have been on its way.
        Guard.Until(() => pool.GetCounters() is { Workers: >= 2, OpenQueues: 0 } it && it.Idle == it.Workers);

        var workers = pool.GetWorkers();
        Assert.Equal(workers.Count, workers.Select(worker => worker.Id).Distinct().Count());
        Assert.All(workers, worker => Assert.Equal(0, worker.Attachment));
        Assert.All(workers, worker => Assert.InRange(worker.Age, TimeSpan.Zero, Guard.Limit));

        using var second = pool.Open(new QueueOptions { WorkerLimit = 2 });
        var again = second.RunToEnd([0, 1]).Select(ended => ended.Worker);
        Assert.NotEmpty(again.Intersect(workers.Select(worker => worker.Id)));
        Assert.Equal(4, pool.GetCounters().Items.Succeeded);

        UntilTrimmed(pool);
    });

    [Fact]
    public void Idle_workers_go_after_their_time() => Guard.Run(() =>
    {
        using var pool = new Pool(TestHost.ForItems(_ => { }), new PoolOptions { IdleTimeout = TimeSpan.Zero });
        using var queue = pool.Open(new QueueOptions());
        queue.RunToEnd([0]);

        Guard.Until(() => pool.GetCounters().Workers == 0);
    });

    private static void AssertInvalidState(Exception? error) =>
        Assert.Equal(EngineStatus.InvalidState, Assert.IsType<EngineException>(error).Status);

    // Only workers that are idle go, and one may just be on its way to be so.
    private static void UntilTrimmed(Pool pool) => Guard.Until(() =>
    {
        pool.Trim();
        return pool.GetCounters().Workers == 0;
    });
}
