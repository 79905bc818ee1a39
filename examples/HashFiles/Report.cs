using System;
using System.Collections.Generic;
using System.Linq;

namespace HashFiles;

internal static class Report
{
    private const int RowsShown = 10;
    private const int HashCharacters = 16;

    internal static void Times(int count, TimeSpan ours, TimeSpan theirs)
    {
        var threads = Environment.ProcessorCount;
        WriteLine($"{count:N0} files, {threads} threads each, all files in the system's cache");
        WriteLine($"  ParallelItems     {ours.TotalMilliseconds,10:N1} ms");
        WriteLine($"  Parallel.ForEach  {theirs.TotalMilliseconds,10:N1} ms");
        WriteLine($"  ratio             {ours / theirs,10:N2}    (below 1: ParallelItems is faster)");
    }

    internal static void Files(IReadOnlyCollection<HashedFile> files)
    {
        var failed = files.Where(file => file.Hash is null).ToList();
        var size = files.Sum(file => file.Size);
        WriteLine($"{files.Count - failed.Count:N0} hashed, {size:N0} bytes; {failed.Count:N0} could not be read");
        foreach (var file in failed.Take(RowsShown))
        {
            Console.WriteLine($"  failed: {file.Path}: {file.Error}");
        }

        Console.WriteLine();
        Console.WriteLine($"{"bytes",14}  {"SHA-256",-HashCharacters}  file");
        foreach (var file in files.Except(failed).OrderByDescending(file => file.Size).Take(RowsShown))
        {
            WriteLine($"{file.Size,14:N0}  {file.Hash![..HashCharacters]}  {file.Path}");
        }
    }

    /// <summary>Names the files for which the contestants have different results; returns how many.</summary>
    internal static int Differences(IEnumerable<HashedFile> ours, IEnumerable<HashedFile> theirs)
    {
        var different = ours.Zip(theirs).Where(pair => pair.First != pair.Second).ToList();
        Console.WriteLine();
        Console.WriteLine(different.Count == 0
            ? "Both have the same results."
            : $"{different.Count} results differ (a file may have changed meanwhile):");
        foreach (var (first, second) in different.Take(RowsShown))
        {
            Console.WriteLine($"  {first.Path}: {first.Hash ?? first.Error} and {second.Hash ?? second.Error}");
        }

        return different.Count;
    }

    // Numbers look the same everywhere.
    private static void WriteLine(FormattableString text) => Console.WriteLine(FormattableString.Invariant(text));
}
