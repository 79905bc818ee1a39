using System;
using System.IO;
using OrchestrationEngine.PowerShell.Scripts;

namespace OrchestrationEngine.PowerShell.Tasks;

/// <summary>Finds the folder in which runs are kept. Nothing is made; the engine does that at its first write.</summary>
internal static class StateFolder
{
    /// <summary>The environment variable that names the folder.</summary>
    internal const string Variable = "OE_STATE";

    /// <summary>What <see cref="Variable"/> names, else orchestration/state below the root of the project.</summary>
    /// <param name="location">The full path of the current folder.</param>
    internal static string Find(string location)
    {
        var given = Environment.GetEnvironmentVariable(Variable);
        return string.IsNullOrEmpty(given)
            ? Path.Combine(ProjectRoot.Find(location), "orchestration", "state")
            : Path.GetFullPath(given, location);
    }
}
