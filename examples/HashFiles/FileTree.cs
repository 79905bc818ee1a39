using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;

namespace HashFiles;

/// <summary>A folder that was given is not there.</summary>
internal sealed class FolderException(string message) : Exception(message);

internal static class FileTree
{
    // What builds and tools write changes while it is hashed, and is nobody's input.
    private static readonly string[] LeftOutFolders = [".git", ".setup", "target", "bin", "obj"];

    // Links may lead out of the tree, or round in a circle.
    private static readonly EnumerationOptions Here = new()
    {
        AttributesToSkip = FileAttributes.ReparsePoint,
        IgnoreInaccessible = false,
    };

    /// <summary>Finds every file below some folders, each once; says which folders could not be read.</summary>
    internal static List<string> FilesBelow(IEnumerable<string> folders, Action<string> warn)
    {
        var waiting = new Stack<string>(folders.Select(Existing));
        var seen = new HashSet<string>();
        var files = new List<string>();
        while (waiting.TryPop(out var folder))
        {
            if (!seen.Add(folder))
            {
                continue;
            }

            try
            {
                files.AddRange(Directory.EnumerateFiles(folder, "*", Here));
                var below = Directory.EnumerateDirectories(folder, "*", Here);
                below.Where(path => !LeftOutFolders.Contains(Path.GetFileName(path))).ToList().ForEach(waiting.Push);
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                warn($"left out: {error.Message}");
            }
        }

        return files;
    }

    private static string Existing(string folder)
    {
        var path = Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder));
        if (Directory.Exists(path))
        {
            return path;
        }

        throw new FolderException(
            File.Exists(path) ? $"'{path}' is a file; give the folder it is in." : $"There is no folder '{path}'.");
    }
}
