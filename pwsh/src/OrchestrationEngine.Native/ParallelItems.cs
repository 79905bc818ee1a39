using System;
using System.Collections.Generic;
using System.Threading;

namespace OrchestrationEngine.Native;

/// <summary>How <see cref="ParallelItems"/> runs its items.</summary>
public sealed record ParallelItemsOptions
{
    /// <summary>
    /// Gets how many items may run at once, 1 to <see cref="Engine.WorkerLimit"/>. The number of processors unless
    /// given; more is of use for work that waits.
    /// </summary>
    public int WorkerLimit { get; init; } = Math.Clamp(Environment.ProcessorCount, 1, Engine.WorkerLimit);

    /// <summary>
    /// Gets how many inputs may have been read whose results were not yet taken, at least 1. This bounds the memory;
    /// below <see cref="WorkerLimit"/> it leaves workers without work.
    /// </summary>
    public int Capacity { get; init; } = 1024;

    /// <summary>
    /// Gets a value indicating whether the results come in the order of the inputs, instead of as they end. One slow
    /// item then holds back what comes after it, and reading pauses when <see cref="Capacity"/> is used up.
    /// </summary>
    public bool Ordered { get; init; }

    /// <summary>
    /// Gets how long one item may run, from its start, to the next full millisecond; null for no limit. Then its token
    /// is cancelled, and unless it still succeeds it ends as timed out.
    /// </summary>
    public TimeSpan? ItemTimeout { get; init; }

    /// <summary>
    /// Gets how long an item may go on after its token was cancelled, up to 49 days. Then its worker is abandoned:
    /// the item gets its result, another thread takes the worker's place, and what the work does still is ignored.
    /// </summary>
    public TimeSpan StopGrace { get; init; } = TimeSpan.FromMilliseconds(300);
}

/// <summary>
/// Runs a function on many inputs at once, on native threads of its own: results stream out while inputs stream in.
/// Every input that was read gets exactly one result, whatever its work does.
/// </summary>
public static class ParallelItems
{
    /// <summary>Runs <paramref name="work"/> on every input.</summary>
    /// <typeparam name="TInput">The type of the inputs.</typeparam>
    /// <typeparam name="TOutput">The type of what the work returns.</typeparam>
    /// <param name="inputs">
    /// The inputs, which may be endless. They are read on the thread that enumerates the results, while it asks for
    /// one; an exception from them reaches that thread.
    /// </param>
    /// <param name="work">
    /// What is done with an input, on several threads at once. An exception that leaves it becomes the item's result.
    /// Its token is valid while it runs. The ambient state of the caller (culture, AsyncLocal) does not reach it.
    /// </param>
    /// <param name="options">How it is done.</param>
    /// <param name="cancellationToken">
    /// Stops everything: inputs that were read still get their results, and then the enumeration throws.
    /// </param>
    /// <returns>
    /// The results, to be enumerated by one thread at a time. Each enumeration reads the inputs anew, with a pool of
    /// its own. Leaving one early (break, First) cancels it and waits until no work runs any more, for no longer than
    /// <see cref="ParallelItemsOptions.StopGrace"/>; abandoned work is not waited for.
    /// </returns>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of its range.</exception>
    /// <exception cref="EngineLibraryException">The native library cannot be used (at the enumeration).</exception>
    /// <exception cref="EngineException">The process has no worker left (at the enumeration).</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled (at the enumeration).</exception>
    public static IEnumerable<ItemResult<TInput, TOutput>> Run<TInput, TOutput>(
        IEnumerable<TInput> inputs,
        Func<TInput, CancellationToken, TOutput> work,
        ParallelItemsOptions? options = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        ArgumentNullException.ThrowIfNull(work);
        options ??= new ParallelItemsOptions();
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Capacity, 1, nameof(options));
        ArgumentOutOfRangeException.ThrowIfLessThan(options.WorkerLimit, 1, nameof(options));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(options.WorkerLimit, Engine.WorkerLimit, nameof(options));
        _ = Limits.ForOption(options.ItemTimeout, nameof(options));
        _ = Limits.ForSmallOption(options.StopGrace, nameof(options));
        var queueOptions = new QueueOptions
        {
            WorkerLimit = options.WorkerLimit,
            ItemTimeout = options.ItemTimeout,
            StopGrace = options.StopGrace,
            // No more items than slots are ever on their way, so neither side of the queue is ever full.
            InputCapacity = options.Capacity,
            OutputCapacity = options.Capacity,
        };
        return Enumerate(inputs, work, queueOptions, options.Ordered, cancellationToken);
    }

    private static IEnumerable<ItemResult<TInput, TOutput>> Enumerate<TInput, TOutput>(
        IEnumerable<TInput> inputs,
        Func<TInput, CancellationToken, TOutput> work,
        QueueOptions options,
        bool ordered,
        CancellationToken cancellationToken)
    {
        using var source = inputs.GetEnumerator();
        var slots = new ItemSlots<TInput, TOutput>(options.InputCapacity, ordered);
        // The host knows nothing of the pool: an enumerator that nobody disposes is then still collected, and with it
        // the pool's handle, which ends the threads.
        using var pool = new Pool(new ItemHost<TInput, TOutput>(slots, work));
        using var queue = pool.Open(options);
        using var registration = cancellationToken.Register(() => queue.Cancel(CancelReason.Requested));
        var feed = new ItemFeed<TInput, TOutput>(source, slots, queue, cancellationToken);
        try
        {
            while (feed.Advance())
            {
                while (slots.TryTake(out var result))
                {
                    yield return result;
                }
            }
        }
        finally
        {
            feed.Finish();
        }

        cancellationToken.ThrowIfCancellationRequested();
    }
}
