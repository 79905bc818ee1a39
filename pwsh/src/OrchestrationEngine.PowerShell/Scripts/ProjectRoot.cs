using System;
using System.IO;

namespace OrchestrationEngine.PowerShell.Scripts;

/// <summary>Finds the folder of the project that somebody works in.</summary>
internal static class ProjectRoot
{
    /// <summary>The environment variable that names the folder, if the files do not show it.</summary>
    internal const string Variable = "OE_HOME";

    /// <summary>
    /// The folder that <see cref="Variable"/> names; else the nearest one upwards with a folder <c>orchestration</c>, else
    /// with <c>.git</c>, else the location itself.
    /// </summary>
    /// <param name="location">The full path of the current folder.</param>
    internal static string Find(string location)
    {
        var home = Environment.GetEnvironmentVariable(Variable);
        return string.IsNullOrEmpty(home)
            ? NearestWith("orchestration", location) ?? NearestWith(".git", location) ?? location
            : Path.GetFullPath(home, location);
    }

    // In a work tree of git, .git is a file.
    private static string? NearestWith(string name, string location)
    {
        for (var folder = location; folder is not null; folder = Path.GetDirectoryName(folder))
        {
            if (Path.Exists(Path.Combine(folder, name)))
            {
                return folder;
            }
        }

        return null;
    }
}
