// dotnet run -c Release --project benches/dotnet/AbiCall
//
// What one call across the C ABI costs, and how many items that do nothing pass a pool a second, beside what .NET has
// itself. Each number is the median of 5 after a warm-up; the contestants take turns within one run.
using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Linq;

namespace AbiCall;

internal static class Program
{
    private const int Rounds = 5;

    private static void Main()
    {
        Console.WriteLine($"{Environment.ProcessorCount} processors, .NET {Environment.Version}");
        Calls();
        Items();
    }

    private static void Calls()
    {
        using var raw = new RawLibrary();
        var medians = Medians(
            CallCosts.Calls,
            ("loop", CallCosts.EmptyLoop),
            ("property", CallCosts.ThroughTheProperty),
            ("raw", raw.ThroughTheFunctionPointer),
            ("unguarded", raw.WithoutTransition));
        var empty = medians["loop"];
        Print("oe_abi_version through Engine.AbiVersion", medians["property"] - empty);
        Print("oe_abi_version through a function pointer", medians["raw"] - empty);
        Print("the same without a GC transition", medians["unguarded"] - empty);

        static void Print(string what, double seconds) =>
            Console.WriteLine(FormattableString.Invariant($"  {what,-44} {seconds * 1e9,8:N2} ns a call"));
    }

    private static void Items()
    {
        var medians = Medians(
            ItemThroughput.Items,
            ("Pool, 2 workers, batches", ItemThroughput.ThroughPool),
            ("ParallelItems, 2 workers", ItemThroughput.ThroughParallelItems),
            ("Channels, 2 readers, results back", ItemThroughput.ThroughChannels),
            ("Parallel.ForEach, 2 threads, no results", ItemThroughput.ThroughParallelForEach));
        var pool = medians.First().Value;
        foreach (var (name, seconds) in medians)
        {
            Console.WriteLine(FormattableString.Invariant(
                $"  {name,-44} {1 / seconds / 1e6,8:N2} M items/s   {seconds / pool,5:N2} x the pool's time"));
        }
    }

    /// <summary>Seconds for one of <paramref name="count"/>, by contestant, in the given order.</summary>
    private static Dictionary<string, double> Medians(int count, params (string Name, Action Run)[] contestants)
    {
        var seconds = contestants.ToDictionary(it => it.Name, _ => new List<double>());
        for (var round = 0; round <= Rounds; round++)
        {
            foreach (var (name, run) in contestants)
            {
                var start = Stopwatch.GetTimestamp();
                run();
                var taken = Stopwatch.GetElapsedTime(start).TotalSeconds / count;
                // The first round is the warm-up.
                if (round > 0)
                {
                    seconds[name].Add(taken);
                }
            }
        }

        return seconds.ToDictionary(it => it.Key, it => it.Value.Order().ElementAt(Rounds / 2));
    }
}
