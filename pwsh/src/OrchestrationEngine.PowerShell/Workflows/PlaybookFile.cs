using System;
using System.Management.Automation;
using OrchestrationEngine.PowerShell.Output;

namespace OrchestrationEngine.PowerShell.Workflows;

/// <summary>Finds the file that a path of PowerShell means.</summary>
internal static class PlaybookFile
{
    /// <summary>The full path of the file; it need not be there.</summary>
    internal static string Find(PSCmdlet cmdlet, string path)
    {
        try
        {
            var full = cmdlet.SessionState.Path.GetUnresolvedProviderPathFromPSPath(path, out var provider, out _);
            return provider.Name == "FileSystem"
                ? full
                : throw new NotSupportedException($"The provider {provider.Name} has no files.");
        }
        catch (Exception problem) when (problem is RuntimeException or NotSupportedException)
        {
            cmdlet.ThrowTerminatingError(WorkflowErrors.PathUnusable(path, problem));
            return path;
        }
    }
}
