namespace OrchestrationEngine.PowerShell.Runspaces;

/// <summary>An alias of the caller.</summary>
/// <param name="Name">The alias.</param>
/// <param name="Definition">The command that it stands for.</param>
internal sealed record AliasImport(string Name, string Definition);
