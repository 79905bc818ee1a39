// dotnet run -c Release --project examples/HashFiles -- FOLDER…
//
// Hashes every file below some folders (without any: the working directory) with ParallelItems and, beside it, with
// Parallel.ForEach, and compares results and times. Exit code: 0, 1 if the results differ, 2 for a wrong argument or
// a library that cannot be used.
using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Linq;
using OrchestrationEngine.Native;

namespace HashFiles;

internal static class Program
{
    private const int WarmUpFiles = 8;

    private static int Main(string[] arguments)
    {
        try
        {
            return Run(arguments.Length > 0 ? arguments : ["."]);
        }
        catch (Exception error) when (error is FolderException or EngineLibraryException)
        {
            Console.Error.WriteLine($"error: {error.Message}");
            return 2;
        }
    }

    private static int Run(IEnumerable<string> folders)
    {
        var files = FileTree.FilesBelow(folders, Console.Error.WriteLine);
        if (files.Count == 0)
        {
            Console.WriteLine("There is no file below the given folders.");
            return 0;
        }

        // Both contestants are compiled, and find every file in the system's cache, whoever comes first.
        var first = files.Take(WarmUpFiles).ToList();
        Hashing.WithParallelForEach(first);
        Hashing.WithParallelItems(first);
        Hashing.ReadOnce(files);

        var (theirs, theirTime) = Measure(() => Hashing.WithParallelForEach(files));
        var (ours, ourTime) = Measure(() => Hashing.WithParallelItems(files));
        Report.Times(files.Count, ourTime, theirTime);
        Report.Files(ours);
        return Report.Differences(ours, theirs) == 0 ? 0 : 1;
    }

    private static (HashedFile[] Files, TimeSpan Time) Measure(Func<HashedFile[]> run)
    {
        var watch = Stopwatch.StartNew();
        var files = run();
        return (files, watch.Elapsed);
    }
}
