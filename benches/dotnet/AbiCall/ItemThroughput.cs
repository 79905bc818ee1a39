using System;
using System.Linq;
using System.Threading;
using System.Threading.Channels;
using System.Threading.Tasks;
using OrchestrationEngine.Native;

namespace AbiCall;

/// <summary>Items that do nothing: what is left is the cost of handing them out and taking their ends.</summary>
internal static class ItemThroughput
{
    internal const int Items = 1_000_000;
    private const int Workers = 2;
    private const int Capacity = 1024;

    private static readonly Pool SharedPool = new(new BatchHost());

    internal static void ThroughPool()
    {
        using var queue = SharedPool.Open(new QueueOptions { WorkerLimit = Workers, InputCapacity = Capacity });
        var ids = new long[Capacity];
        var events = new ItemEvent[4 * Capacity];
        var submitted = 0;
        var ended = 0;
        while (ended < Items)
        {
            var next = ids.AsSpan(0, Math.Min(Capacity, Items - submitted));
            for (var index = 0; index < next.Length; index++)
            {
                next[index] = submitted + index;
            }

            submitted += queue.Submit(next);
            var taken = queue.Take(events);
            ended += taken;
            if (taken == 0)
            {
                queue.Wait(Timeout.InfiniteTimeSpan, wantRoom: submitted < Items);
            }
        }
    }

    internal static void ThroughParallelItems()
    {
        var options = new ParallelItemsOptions { WorkerLimit = Workers, Capacity = Capacity };
        Check(ParallelItems.Run(Enumerable.Range(0, Items), (input, _) => input, options).Count());
    }

    internal static void ThroughChannels()
    {
        var input = Channel.CreateBounded<int>(new BoundedChannelOptions(Capacity) { SingleWriter = true });
        var output = Channel.CreateBounded<int>(new BoundedChannelOptions(Capacity) { SingleReader = true });
        var workers = Enumerable.Range(0, Workers).Select(_ => Task.Run(() => PassOn(input.Reader, output.Writer)));
        _ = Task.WhenAll(workers).ContinueWith(_ => output.Writer.Complete(), TaskScheduler.Default);
        var feeder = Task.Run(() => Feed(input.Writer));
        Check(Count(output.Reader).GetAwaiter().GetResult());
        feeder.GetAwaiter().GetResult();
    }

    internal static void ThroughParallelForEach()
    {
        var ended = 0;
        var options = new ParallelOptions { MaxDegreeOfParallelism = Workers };
        Parallel.ForEach(Enumerable.Range(0, Items), options, _ => Interlocked.Increment(ref ended));
        Check(ended);
    }

    private static async Task Feed(ChannelWriter<int> input)
    {
        for (var item = 0; item < Items; item++)
        {
            await input.WriteAsync(item);
        }

        input.Complete();
    }

    private static async Task PassOn(ChannelReader<int> input, ChannelWriter<int> output)
    {
        await foreach (var item in input.ReadAllAsync())
        {
            await output.WriteAsync(item);
        }
    }

    private static async Task<int> Count(ChannelReader<int> output)
    {
        var count = 0;
        await foreach (var _ in output.ReadAllAsync())
        {
            count++;
        }

        return count;
    }

    private static void Check(int ended)
    {
        if (ended != Items)
        {
            throw new InvalidOperationException($"{ended} of {Items} items came back.");
        }
    }

    private sealed class BatchHost : IWorkerHost
    {
        public void Work(Worker worker)
        {
            var items = new long[64];
            while (worker.TryAttach(out _))
            {
                while (worker.Next(items, Timeout.InfiniteTimeSpan, out var count) == Waited.Ready)
                {
                    foreach (var item in items.AsSpan(0, count))
                    {
                        worker.End(item, Outcome.Succeeded);
                    }
                }

                worker.Detach();
            }
        }

        public void StopWork(StopRequest request)
        {
        }

        public void ReportFailure(Exception exception) => Console.Error.WriteLine(exception);
    }
}
