using System;
using System.Collections.Generic;
using System.IO;
using System.IO.Enumeration;
using System.Linq;
using OrchestrationEngine.PowerShell.Runspaces;

namespace OrchestrationEngine.PowerShell.Scripts;

/// <summary>The scripts of some folders and of those inside them, by number, then by name.</summary>
internal sealed class ScriptCatalog
{
    private const string Extension = ".ps1";

    private readonly Dictionary<string, string> _folderOf = new(PathComparer);

    /// <summary>Initializes a new instance of the <see cref="ScriptCatalog"/> class from what is on the disk now.</summary>
    /// <param name="folders">The full paths of the folders.</param>
    /// <exception cref="CallRefusedException">A folder cannot be read.</exception>
    internal ScriptCatalog(IReadOnlyList<string> folders)
    {
        Folders = folders;
        foreach (var folder in folders)
        {
            Add(folder);
        }

        Scripts = _folderOf.Keys
            .Select(path => new OrchestrationScript(path))
            .OrderBy(script => script.Value ?? int.MaxValue)
            .ThenBy(script => script.Name, StringComparer.OrdinalIgnoreCase)
            .ThenBy(script => script.Path, StringComparer.Ordinal)
            .ToArray();
    }

    /// <summary>Gets how paths are compared on this system.</summary>
    internal static StringComparer PathComparer { get; } =
        OperatingSystem.IsWindows() ? StringComparer.OrdinalIgnoreCase : StringComparer.Ordinal;

    /// <summary>Gets the folders that were looked through.</summary>
    internal IReadOnlyList<string> Folders { get; }

    /// <summary>Gets the scripts, each file once.</summary>
    internal IReadOnlyList<OrchestrationScript> Scripts { get; }

    /// <summary>The path of a script below its folder, without extension and with slashes.</summary>
    /// <param name="script">A script of the catalog.</param>
    internal string RelativeName(OrchestrationScript script) =>
        Path.ChangeExtension(Path.GetRelativePath(_folderOf[script.Path], script.Path), extension: null)
            .Replace('\\', '/');

    private void Add(string folder)
    {
        try
        {
            foreach (var path in Files(folder))
            {
                _folderOf.TryAdd(path, folder);
            }
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            throw new CallRefusedException(ScriptErrors.FolderUnreadable(folder, problem));
        }
    }

    // Links to folders are not followed: they may go in circles.
    private static FileSystemEnumerable<string> Files(string folder) => new(
        folder,
        (ref FileSystemEntry entry) => entry.ToFullPath(),
        new EnumerationOptions { RecurseSubdirectories = true, IgnoreInaccessible = false, AttributesToSkip = 0 })
    {
        ShouldIncludePredicate = (ref FileSystemEntry entry) => !entry.IsDirectory && !IsPutAside(entry.FileName)
            && Path.GetExtension(entry.FileName).Equals(Extension, StringComparison.OrdinalIgnoreCase),
        ShouldRecursePredicate = (ref FileSystemEntry entry) =>
            !IsPutAside(entry.FileName) && (entry.Attributes & FileAttributes.ReparsePoint) == 0,
    };

    // _archive for one, and what scripts share, as _init.ps1.
    private static bool IsPutAside(ReadOnlySpan<char> name) => name[0] is '_' or '.';
}
