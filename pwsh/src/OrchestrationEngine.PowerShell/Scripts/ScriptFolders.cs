using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Management.Automation;
using OrchestrationEngine.PowerShell.Runspaces;

namespace OrchestrationEngine.PowerShell.Scripts;

/// <summary>The folders in which scripts are looked for.</summary>
internal static class ScriptFolders
{
    /// <summary>The environment variable with the folders, separated as those of PATH are.</summary>
    internal const string Variable = "OE_SCRIPT_PATH";

    private const string DefaultName = "automation-scripts";

    /// <summary>The full paths of the folders, each once, in the order in which they were given.</summary>
    /// <param name="session">The caller's session. Used on its thread.</param>
    /// <param name="given">The folders that the caller names, taken literally; empty for the usual ones.</param>
    /// <exception cref="CallRefusedException">There is no such folder.</exception>
    internal static IReadOnlyList<string> Find(SessionState session, IReadOnlyList<string> given)
    {
        if (given.Count > 0)
        {
            return Distinct(given.Select(path => FullPath(session, path)));
        }

        var location = session.Path.CurrentFileSystemLocation.ProviderPath;
        var listed = (Environment.GetEnvironmentVariable(Variable) ?? string.Empty)
            .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return listed.Length > 0 ? Listed(listed, location) : [Default(location)];
    }

    // As in PATH, a folder of the list need not be there on every machine; but one must be.
    private static string[] Listed(string[] listed, string location)
    {
        var there = Distinct(listed.Select(entry => Path.GetFullPath(Expand(entry), location)).Where(Directory.Exists));
        return there.Length > 0 ? there : throw new CallRefusedException(ScriptErrors.NoFolder(listed));
    }

    private static string Default(string location)
    {
        string[] candidates =
            [Path.Combine(location, DefaultName), Path.Combine(ProjectRoot.Find(location), DefaultName)];
        return candidates.FirstOrDefault(Directory.Exists)
            ?? throw new CallRefusedException(ScriptErrors.NoFolder(candidates.Distinct()));
    }

    private static string FullPath(SessionState session, string given)
    {
        var path = session.Path.GetUnresolvedProviderPathFromPSPath(given, out var provider, out _);
        return provider.Name == "FileSystem" && Directory.Exists(path)
            ? path
            : throw new CallRefusedException(ScriptErrors.NoFolder([given]));
    }

    // A file that sets the variable may well have left this to a shell that never saw it.
    private static string Expand(string entry) =>
        entry == "~" || entry.StartsWith("~/", StringComparison.Ordinal) || entry.StartsWith("~\\", StringComparison.Ordinal)
            ? Environment.GetFolderPath(Environment.SpecialFolder.UserProfile) + entry[1..]
            : entry;

    private static string[] Distinct(IEnumerable<string> folders) => folders
        .Select(Path.TrimEndingDirectorySeparator)
        .Distinct(ScriptCatalog.PathComparer)
        .ToArray();
}
