using System.Collections.Generic;
using System.Management.Automation.Runspaces;
using System.Threading;
using Microsoft.PowerShell.Commands;

namespace OrchestrationEngine.PowerShell.Imports;

/// <summary>What of the caller's session a call asks for in its items.</summary>
internal sealed record ImportOptions
{
    internal static ImportOptions None { get; } = new();

    /// <summary>Gets names of functions; wildcards are allowed.</summary>
    internal IReadOnlyList<string> Functions { get; init; } = [];

    /// <summary>Gets names of aliases; wildcards are allowed.</summary>
    internal IReadOnlyList<string> Aliases { get; init; } = [];

    /// <summary>Gets names of variables; wildcards are allowed.</summary>
    internal IReadOnlyList<string> Variables { get; init; } = [];

    /// <summary>Gets modules by name, with wildcards, or by path.</summary>
    internal IReadOnlyList<ModuleSpecification> Modules { get; init; } = [];

    /// <summary>Gets a value indicating whether to import all commands that can be: functions, aliases, modules.</summary>
    internal bool AllCommands { get; init; }

    /// <summary>Gets a value indicating whether to import all that can be.</summary>
    internal bool All { get; init; }

    /// <summary>Gets the state to start from; null for PowerShell's default.</summary>
    internal InitialSessionState? State { get; init; }

    /// <summary>Gets how the workers' threads take part in COM.</summary>
    internal ApartmentState ApartmentState { get; init; } = ApartmentState.Unknown;

    /// <summary>Gets a value indicating whether nothing is asked for.</summary>
    internal bool IsEmpty =>
        !All
        && !AllCommands
        && State is null
        && ApartmentState == ApartmentState.Unknown
        && Functions.Count + Aliases.Count + Variables.Count + Modules.Count == 0;
}
