using System.Management.Automation;

namespace OrchestrationEngine.PowerShell.Runspaces;

/// <summary>A drive of the caller.</summary>
/// <param name="Name">The name, without a colon.</param>
/// <param name="Provider">The provider's full name.</param>
/// <param name="Root">The root.</param>
internal sealed record DriveImport(string Name, string Provider, string Root)
{
    /// <summary>Gets what it is opened with; null for nothing.</summary>
    internal PSCredential? Credential { get; init; }
}
