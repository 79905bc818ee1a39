using System;
using System.Collections.Generic;
using System.IO;
using System.Security.Cryptography;
using System.Threading.Tasks;
using OrchestrationEngine.Native;

namespace HashFiles;

/// <summary>What became of a file: its hash, or why there is none.</summary>
internal sealed record HashedFile(string Path, long Size, string? Hash, string? Error);

/// <summary>One job, done by two contestants with as many threads each.</summary>
internal static class Hashing
{
    private const int BufferSize = 64 * 1024;

    internal static HashedFile[] WithParallelItems(List<string> files)
    {
        var options = new ParallelItemsOptions { WorkerLimit = Environment.ProcessorCount };
        var hashed = new HashedFile[files.Count];
        foreach (var result in ParallelItems.Run(files, (file, _) => Hash(file), options))
        {
            hashed[result.Index] = result.Output ?? new HashedFile(result.Input, 0, null, result.Exception?.Message);
        }

        return hashed;
    }

    internal static HashedFile[] WithParallelForEach(List<string> files)
    {
        var options = new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount };
        var hashed = new HashedFile[files.Count];
        Parallel.ForEach(files, options, (file, _, index) => hashed[index] = HashOrError(file));
        return hashed;
    }

    /// <summary>Reads what can be read, so that the system has it in its cache.</summary>
    internal static void ReadOnce(List<string> files)
    {
        foreach (var file in files)
        {
            _ = HashOrError(file);
        }
    }

    private static HashedFile Hash(string file)
    {
        using var stream = new FileStream(
            file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, BufferSize);
        return new HashedFile(file, stream.Length, Convert.ToHexString(SHA256.HashData(stream)), null);
    }

    // Parallel.ForEach stops everything at an exception, so this contestant has to catch them itself.
    private static HashedFile HashOrError(string file)
    {
        try
        {
            return Hash(file);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return new HashedFile(file, 0, null, error.Message);
        }
    }
}
