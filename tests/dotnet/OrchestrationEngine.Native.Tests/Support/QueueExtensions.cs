using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using Xunit;

namespace OrchestrationEngine.Native.Tests.Support;

internal static class QueueExtensions
{
    internal static long[] Ids(int count) => Enumerable.Range(0, count).Select(id => (long)id).ToArray();

    /// <summary>Submits one item for which there must be room.</summary>
    internal static void Give(this ItemQueue queue, long item) => Assert.Equal(Waited.Ready, queue.TrySubmit(item));

    /// <summary>Submits items, and takes output meanwhile; closes the queue and takes the rest.</summary>
    internal static List<ItemEvent> RunToEnd(this ItemQueue queue, ReadOnlySpan<long> items)
    {
        var found = new List<ItemEvent>(items.Length);
        var events = new ItemEvent[4096];
        while (items.Length > 0)
        {
            items = items[queue.Submit(items)..];
            found.AddRange(events.AsSpan(0, queue.Take(events)));
            if (items.Length > 0)
            {
                queue.Wait(Timeout.InfiniteTimeSpan, wantRoom: true);
            }
        }

        queue.Close();
        found.AddRange(queue.TakeToEnd());
        return found;
    }

    /// <summary>Takes output until nothing will come any more.</summary>
    internal static List<ItemEvent> TakeToEnd(this ItemQueue queue)
    {
        var found = new List<ItemEvent>();
        var events = new ItemEvent[4096];
        while (queue.Wait(Timeout.InfiniteTimeSpan) != Waited.Ended)
        {
            found.AddRange(events.AsSpan(0, queue.Take(events)));
        }

        return found;
    }

    /// <summary>Waits for the next event and takes it.</summary>
    internal static ItemEvent TakeOne(this ItemQueue queue)
    {
        var events = new ItemEvent[1];
        while (true)
        {
            Assert.Equal(Waited.Ready, queue.Wait(Timeout.InfiniteTimeSpan));
            if (queue.Take(events) == 1)
            {
                return events[0];
            }
        }
    }

    /// <summary>How the items ended, by item.</summary>
    internal static Dictionary<long, Outcome> Outcomes(this IEnumerable<ItemEvent> events) =>
        events.Where(found => found.IsEnd).ToDictionary(found => found.Item, found => found.Outcome);
}
