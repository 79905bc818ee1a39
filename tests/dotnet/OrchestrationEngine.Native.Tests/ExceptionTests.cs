using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using OrchestrationEngine.Native.Tests.Support;
using Xunit;

namespace OrchestrationEngine.Native.Tests;

/// <summary>No exception of a host reaches native code, and none costs more than its own item.</summary>
public sealed class ExceptionTests
{
    [Fact]
    public void An_exception_that_leaves_Work_is_reported_and_its_item_fails() => Guard.Run(() =>
    {
        var host = TestHost.ForItems(item =>
        {
            if (item % 10 == 3)
            {
                throw new InvalidOperationException($"item {item}");
            }
        });
        using var pool = new Pool(host);
        using var queue = pool.Open(new QueueOptions { WorkerLimit = 4 });

        var outcomes = queue.RunToEnd(QueueExtensions.Ids(100)).Outcomes();

        Assert.Equal(100, outcomes.Count);
        Assert.All(outcomes, it => Assert.Equal(it.Key % 10 == 3 ? Outcome.Failed : Outcome.Succeeded, it.Value));
        Assert.Equal(10, host.Failures.Count);
        Assert.All(host.Failures, failure => Assert.StartsWith("item ", failure.Message, StringComparison.Ordinal));
    });

    [Fact]
    public void An_exception_before_the_first_item_leaves_the_items_to_other_workers() => Guard.Run(() =>
    {
        var workers = 0;
        var host = new TestHost(worker =>
        {
            if (Interlocked.Increment(ref workers) <= 3)
            {
                throw new InvalidOperationException("the worker could not be set up");
            }

            TestHost.Loop(worker, (_, _) => Outcome.Succeeded);
        });
        using var pool = new Pool(host);
        using var queue = pool.Open(new QueueOptions { WorkerLimit = 1 });

        var outcomes = queue.RunToEnd(QueueExtensions.Ids(20)).Outcomes();

        Assert.Equal(20, outcomes.Count);
        Assert.All(outcomes.Values, outcome => Assert.Equal(Outcome.Succeeded, outcome));
        Guard.Until(() => host.Failures.Count == 3);
    });

    [Fact]
    public void A_host_that_returns_while_attached_has_failed_its_item() => Guard.Run(() =>
    {
        var items = 0;
        var host = new TestHost(worker =>
        {
            while (worker.TryAttach(out _))
            {
                while (worker.Next(out var item) == Waited.Ready)
                {
                    if (Interlocked.Increment(ref items) == 1)
                    {
                        return;
                    }

                    worker.End(item, Outcome.Succeeded);
                }

                worker.Detach();
            }
        });
        using var pool = new Pool(host);
        using var queue = pool.Open(new QueueOptions { WorkerLimit = 1 });

        var outcomes = queue.RunToEnd(QueueExtensions.Ids(5)).Outcomes();

        Assert.Equal(5, outcomes.Count);
        Assert.Equal(4, outcomes.Values.Count(outcome => outcome == Outcome.Succeeded));
        Assert.Single(outcomes.Values, Outcome.Failed);
        Assert.Empty(host.Failures);
    });

    [Fact]
    public void An_exception_in_StopWork_is_reported_and_later_stops_are_still_carried_out() => Guard.Run(() =>
    {
        using var mayEnd = new ManualResetEventSlim();
        var host = new TestHost(worker => TestHost.Loop(worker, (_, _) =>
        {
            mayEnd.Wait();
            return Outcome.Failed;
        }))
        {
            OnStop = _ => throw new InvalidOperationException("cannot stop"),
        };
        using var pool = new Pool(host);
        var options = new QueueOptions { WorkerLimit = 2, StopGrace = Timeout.InfiniteTimeSpan };
        using var queue = pool.Open(options);
        queue.Give(0);
        queue.Give(1);
        Guard.Until(() => queue.GetCounters().Running == 2);

        queue.Cancel(CancelReason.Requested);
        Guard.Until(() => host.Failures.Count == 2);
        mayEnd.Set();

        var expected = new Dictionary<long, Outcome> { [0] = Outcome.Stopped, [1] = Outcome.Stopped };
        Assert.Equal(expected, queue.TakeToEnd().Outcomes());
        Assert.Equal(2, host.Stops.Count);
    });

    [Fact]
    public void An_exception_in_ReportFailure_costs_nothing_more() => Guard.Run(() =>
    {
        using var pool = new Pool(new HostThatFailsToReport());
        using var queue = pool.Open(new QueueOptions { WorkerLimit = 2 });

        var outcomes = queue.RunToEnd(QueueExtensions.Ids(20)).Outcomes();

        Assert.Equal(20, outcomes.Count);
        Assert.All(outcomes.Values, outcome => Assert.Equal(Outcome.Failed, outcome));
    });

    private sealed class HostThatFailsToReport : IWorkerHost
    {
        public void Work(Worker worker) => TestHost.Loop(worker, (_, _) => throw new InvalidOperationException("item"));

        public void StopWork(StopRequest request)
        {
        }

        public void ReportFailure(Exception exception) => throw new InvalidOperationException("report", exception);
    }
}
