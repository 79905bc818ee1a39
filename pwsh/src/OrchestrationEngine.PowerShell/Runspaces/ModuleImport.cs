using System.Management.Automation;

namespace OrchestrationEngine.PowerShell.Runspaces;

/// <summary>A module that each worker imports once.</summary>
/// <param name="Name">The name to speak of it.</param>
/// <param name="Path">The full path of its manifest or file.</param>
internal sealed record ModuleImport(string Name, string Path)
{
    /// <summary>Gets the version, or null for whatever is at the path.</summary>
    internal string? Version { get; init; }

    /// <summary>Gets what the caller has put before the nouns of its commands; empty for nothing.</summary>
    internal string Prefix { get; init; } = string.Empty;

    /// <summary>
    /// Gets when its files were last written, in ticks: a module that was edited is imported anew, by new workers.
    /// </summary>
    internal long Written { get; init; }

    internal static ModuleImport Of(PSModuleInfo module, string path) =>
        new(module.Name, path) { Version = module.Version.ToString(), Prefix = module.Prefix ?? string.Empty };
}
