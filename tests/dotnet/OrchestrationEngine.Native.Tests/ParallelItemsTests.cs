using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Linq;
using System.Runtime.CompilerServices;
using System.Threading;
using OrchestrationEngine.Native.Tests.Support;
using Xunit;

namespace OrchestrationEngine.Native.Tests;

public sealed class ParallelItemsTests
{
    private static readonly TimeSpan Short = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan Infinite = Timeout.InfiniteTimeSpan;

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(100_000)]
    public void Every_input_gets_its_result(int count) => Guard.Run(() =>
    {
        var results = ParallelItems.Run(Enumerable.Range(0, count), (input, _) => input * 2L).ToList();

        Assert.Equal(Enumerable.Range(0, count), results.Select(result => result.Input).Order());
        Assert.All(results, result =>
        {
            Assert.Equal((Outcome.Succeeded, result.Input * 2L), (result.Outcome, result.Output));
            Assert.Equal(result.Input, result.Index);
            Assert.Null(result.Exception);
            Assert.True(result.Worker > 0 && result.Duration >= TimeSpan.Zero);
        });
    });

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(1024)]
    public void Ordered_results_come_in_the_order_of_the_inputs(int capacity) => Guard.Run(() =>
    {
        var options = new ParallelItemsOptions { Ordered = true, WorkerLimit = 4, Capacity = capacity };

        var results = ParallelItems.Run(Enumerable.Range(0, 5_000), SpinForAWhile, options).ToList();

        Assert.Equal(Enumerable.Range(0, 5_000), results.Select(result => result.Output));
    });

    [Fact]
    public void An_exception_becomes_the_result_of_its_item_alone() => Guard.Run(() =>
    {
        var results = ParallelItems.Run(Enumerable.Range(0, 100), Work).ToList();

        Assert.Equal(100, results.Count);
        Assert.All(results, result =>
        {
            var fails = result.Input % 10 == 3;
            Assert.Equal(fails ? Outcome.Failed : Outcome.Succeeded, result.Outcome);
            Assert.Equal(fails ? $"{result.Input}" : null, (result.Exception as InvalidOperationException)?.Message);
            Assert.Equal(fails ? 0 : result.Input, result.Output);
        });
        static int Work(int input, CancellationToken cancellationToken) =>
            input % 10 == 3 ? throw new InvalidOperationException($"{input}") : input;
    });

    [Fact]
    public void Null_inputs_and_outputs_are_as_good_as_others() => Guard.Run(() =>
    {
        var results = ParallelItems.Run<string?, string?>([null, "a", null], (input, _) => input).ToList();

        Assert.Equal([null, null, "a"], results.Select(result => result.Output).Order());
        Assert.All(results, result => Assert.Equal(Outcome.Succeeded, result.Outcome));
    });

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Results_come_while_inputs_still_do_and_no_more_is_read_than_fits(bool ordered) => Guard.Run(() =>
    {
        var read = 0;
        var taken = 0;
        var most = 0;
        IEnumerable<int> Endless()
        {
            while (true)
            {
                most = Math.Max(most, ++read - taken);
                yield return read;
            }
        }

        var options = new ParallelItemsOptions { WorkerLimit = 4, Capacity = 10, Ordered = ordered };
        foreach (var _ in ParallelItems.Run(Endless(), (input, _) => input, options))
        {
            if (++taken == 10_000)
            {
                break;
            }
        }

        Assert.InRange(most, 1, 10);
    });

    [Fact]
    public void A_long_item_holds_nothing_back_unless_ordered() => Guard.Run(() =>
    {
        using var others = new CountdownEvent(999);
        var options = new ParallelItemsOptions { WorkerLimit = 2, Capacity = 8 };

        var results = ParallelItems.Run(Enumerable.Range(0, 1_000), Work, options).Select(it => it.Input).ToList();

        // The last of the others may end at the same time.
        Assert.Contains(0, results.TakeLast(2));
        int Work(int input, CancellationToken cancellationToken)
        {
            if (input == 0)
            {
                others.Wait(cancellationToken);
            }
            else
            {
                others.Signal();
            }

            return input;
        }
    });

    [Fact]
    public void An_item_past_its_limit_is_stopped_through_its_token() => Guard.Run(() =>
    {
        var options = new ParallelItemsOptions { ItemTimeout = Short, StopGrace = Infinite, Ordered = true };

        var results = ParallelItems.Run(Enumerable.Range(0, 20), WaitIfFive, options).ToList();

        Assert.All(results, it => Assert.Equal(it.Input == 5 ? Outcome.TimedOut : Outcome.Succeeded, it.Outcome));
        Assert.IsType<OperationCanceledException>(results[5].Exception);
    });

    [Theory]
    [InlineData(1)]
    [InlineData(8)]
    public void An_item_that_ignores_its_token_is_given_up_and_disturbs_no_other(int capacity) => Guard.Run(() =>
    {
        using var mayReturn = new ManualResetEventSlim();
        using var hasReturned = new CountdownEvent(2);
        var options = new ParallelItemsOptions
        {
            WorkerLimit = 2,
            Capacity = capacity,
            ItemTimeout = Short,
            StopGrace = Short,
        };
        var results = new List<ItemResult<int, int>>();
        foreach (var result in ParallelItems.Run(Enumerable.Range(0, 40), Work, options))
        {
            results.Add(result);
            if (results.Count(found => found.Outcome == Outcome.TimedOut) == 2)
            {
                // What the abandoned ones do from now on is nobody's result.
                mayReturn.Set();
            }
        }

        hasReturned.Wait();
        Assert.Equal(Enumerable.Range(0, 40), results.Select(result => result.Input).Order());
        Assert.All(results, it => Assert.Equal(
            it.Input is 3 or 4 ? (Outcome.TimedOut, 0) : (Outcome.Succeeded, it.Input), (it.Outcome, it.Output)));
        int Work(int input, CancellationToken cancellationToken)
        {
            if (input is 3 or 4)
            {
                mayReturn.Wait(CancellationToken.None);
                hasReturned.Signal();
                return -1;
            }

            return input;
        }
    });

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Cancellation_gives_every_input_that_was_read_its_result_and_then_throws(bool ordered) => Guard.Run(() =>
    {
        for (var repeat = 1; repeat < 100; repeat++)
        {
            using var cancel = new CancellationTokenSource();
            var read = 0;
            var results = new List<Outcome>();
            var options = new ParallelItemsOptions { WorkerLimit = 2, Capacity = 50, Ordered = ordered };
            var inputs = Enumerable.Range(0, int.MaxValue).Select(input => read = input + 1);

            var error = Assert.Throws<OperationCanceledException>(() =>
            {
                foreach (var result in ParallelItems.Run(inputs, (input, _) => input, options, cancel.Token))
                {
                    results.Add(result.Outcome);
                    if (results.Count == repeat)
                    {
                        cancel.Cancel();
                    }
                }
            });

            Assert.Equal(cancel.Token, error.CancellationToken);
            Assert.Equal(read, results.Count);
        }
    });

    [Fact]
    public void Cancellation_from_another_thread_stops_items_that_wait() => Guard.Run(() =>
    {
        using var cancel = new CancellationTokenSource();
        using var areRunning = new CountdownEvent(2);
        var options = new ParallelItemsOptions { WorkerLimit = 2, Capacity = 10, StopGrace = Infinite };
        var results = new List<ItemResult<int, int>>();
        var canceller = new Thread(() =>
        {
            areRunning.Wait();
            cancel.Cancel();
        });
        canceller.Start();

        Assert.Throws<OperationCanceledException>(() =>
            results.AddRange(ParallelItems.Run(Enumerable.Range(0, 10), Work, options, cancel.Token)));

        Assert.Equal(10, results.Count);
        Assert.All(results, result => Assert.Equal(Outcome.Stopped, result.Outcome));
        Assert.Equal(2, results.Count(result => result.Exception is OperationCanceledException));
        canceller.Join();

        int Work(int input, CancellationToken cancellationToken)
        {
            areRunning.Signal();
            cancellationToken.WaitHandle.WaitOne();
            throw new OperationCanceledException(cancellationToken);
        }
    });

    [Fact]
    public void With_a_cancelled_token_nothing_is_read() => Guard.Run(() =>
    {
        var read = 0;
        var inputs = Enumerable.Range(0, 10).Select(input => read = input + 1);

        Assert.Throws<OperationCanceledException>(
            () => ParallelItems.Run(inputs, (input, _) => input, null, new CancellationToken(canceled: true)).ToList());

        Assert.Equal(0, read);
    });

    [Fact]
    public void Leaving_early_cancels_what_runs_and_waits_for_it() => Guard.Run(() =>
    {
        var running = 0;
        var options = new ParallelItemsOptions { WorkerLimit = 4, StopGrace = Infinite };
        for (var repeat = 0; repeat < 100; repeat++)
        {
            var first = ParallelItems.Run(Enumerable.Range(0, int.MaxValue), Work, options).First();

            Assert.Equal(0, first.Input);
            Assert.Equal(0, running);
        }

        int Work(int input, CancellationToken cancellationToken)
        {
            Interlocked.Increment(ref running);
            if (input > 0)
            {
                cancellationToken.WaitHandle.WaitOne();
            }

            Interlocked.Decrement(ref running);
            return input;
        }
    });

    [Fact]
    public void An_exception_of_the_inputs_reaches_the_caller_after_what_runs_was_stopped() => Guard.Run(() =>
    {
        using var isRunning = new ManualResetEventSlim();
        using var hasStopped = new ManualResetEventSlim();
        IEnumerable<int> Inputs()
        {
            yield return 1;
            isRunning.Wait();
            throw new InvalidOperationException("no more");
        }

        var options = new ParallelItemsOptions { StopGrace = Infinite };
        var error = Assert.Throws<InvalidOperationException>(() => ParallelItems.Run(Inputs(), Work, options).ToList());

        Assert.Equal("no more", error.Message);
        Assert.True(hasStopped.IsSet);
        int Work(int input, CancellationToken cancellationToken)
        {
            isRunning.Set();
            cancellationToken.WaitHandle.WaitOne();
            hasStopped.Set();
            return input;
        }
    });

    [Fact]
    public void What_an_item_registered_with_its_token_and_left_is_dropped_before_the_next() => Guard.Run(() =>
    {
        var called = new ConcurrentBag<int>();
        var options = new ParallelItemsOptions { WorkerLimit = 1, ItemTimeout = Short, StopGrace = Infinite };

        _ = ParallelItems.Run(Enumerable.Range(0, 6), Work, options).ToList();

        Assert.Equal([5], called);
        int Work(int input, CancellationToken cancellationToken)
        {
            using var isCancelled = new ManualResetEventSlim();
            _ = cancellationToken.Register(() =>
            {
                called.Add(input);
                isCancelled.Set();
            });
            if (input == 5)
            {
                isCancelled.Wait(CancellationToken.None);
            }

            return input;
        }
    });

    [Fact]
    public void A_callback_of_a_token_that_blocks_does_not_keep_other_items_from_their_stops() => Guard.Run(() =>
    {
        using var mayReturn = new ManualResetEventSlim();
        var options = new ParallelItemsOptions { WorkerLimit = 2, ItemTimeout = Short, StopGrace = Short };

        var results = ParallelItems.Run(Enumerable.Range(0, 4), Work, options).ToList();

        Assert.All(results, result => Assert.Equal(Outcome.TimedOut, result.Outcome));
        mayReturn.Set();
        int Work(int input, CancellationToken cancellationToken)
        {
            using var registration = cancellationToken.Register(() => mayReturn.Wait());
            mayReturn.Wait(CancellationToken.None);
            return input;
        }
    });

    [Fact]
    public void Calls_can_be_nested() => Guard.Run(() =>
    {
        var options = new ParallelItemsOptions { WorkerLimit = 4 };

        Assert.Equal(64, Nest(3));
        int Nest(int depth) => depth == 0
            ? 1
            : ParallelItems.Run(Enumerable.Range(0, 4), (_, _) => Nest(depth - 1), options).Sum(it => it.Output);
    });

    [Fact]
    public void Each_enumeration_runs_anew() => Guard.Run(() =>
    {
        var runs = 0;
        var results = ParallelItems.Run(Enumerable.Range(0, 10), (_, _) => Interlocked.Increment(ref runs));
        Assert.Equal(0, runs);

        Assert.Equal(10, results.Count());
        Assert.Equal(10, results.Count());
        Assert.Equal(20, runs);
    });

    [Fact]
    public void An_enumerator_that_nobody_disposed_is_collected_with_all_it_holds() => Guard.Run(() =>
    {
        var reference = TakeOneAndForget();
        Guard.Until(() =>
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
            return !reference.IsAlive;
        });
    });

    [Fact]
    public void Options_out_of_range_are_refused_at_once() => Guard.Run(() =>
    {
        ParallelItemsOptions[] wrong =
        [
            new() { WorkerLimit = 0 },
            new() { WorkerLimit = Engine.WorkerLimit + 1 },
            new() { Capacity = 0 },
            new() { ItemTimeout = TimeSpan.FromSeconds(-1) },
            new() { StopGrace = TimeSpan.FromSeconds(-1) },
        ];

        Assert.All(wrong, options =>
            Assert.Throws<ArgumentOutOfRangeException>(() => ParallelItems.Run([1], (input, _) => input, options)));
        Assert.Throws<ArgumentNullException>(() => ParallelItems.Run<int, int>(null!, (input, _) => input));
        Assert.Throws<ArgumentNullException>(() => ParallelItems.Run<int, int>([], null!));
    });

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static WeakReference TakeOneAndForget()
    {
        var held = new object();
        var results = ParallelItems.Run(Enumerable.Range(0, int.MaxValue), (_, _) => held.GetHashCode());
        Assert.True(results.GetEnumerator().MoveNext());
        return new WeakReference(held);
    }

    private static int SpinForAWhile(int input, CancellationToken cancellationToken)
    {
        Thread.SpinWait(input * 7919 % 500);
        return input;
    }

    private static int WaitIfFive(int input, CancellationToken cancellationToken)
    {
        if (input == 5)
        {
            cancellationToken.WaitHandle.WaitOne();
            cancellationToken.ThrowIfCancellationRequested();
        }

        return input;
    }
}
