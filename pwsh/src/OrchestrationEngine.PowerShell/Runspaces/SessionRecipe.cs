using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using System.Threading;

namespace OrchestrationEngine.PowerShell.Runspaces;

/// <summary>
/// What the runspaces of a pool are set up with when they open. A value: calls whose recipes are equal share warm
/// runspaces, all others never do. What is here is set up once a worker; what changes from call to call is in
/// <see cref="CallSettings"/>.
/// </summary>
internal sealed record SessionRecipe
{
    private static readonly SessionRecipe Full = new() { Mode = PSLanguageMode.FullLanguage };
    private static readonly SessionRecipe Constrained = new() { Mode = PSLanguageMode.ConstrainedLanguage };

    /// <summary>Gets the language mode.</summary>
    internal required PSLanguageMode Mode { get; init; }

    /// <summary>Gets what the command ForEach-Object is.</summary>
    internal ForEachObjectKind ForEachObject { get; init; }

    /// <summary>Gets the state to start from, or null for PowerShell's default.</summary>
    internal StateImport? State { get; init; }

    /// <summary>Gets the functions of the caller, by name.</summary>
    internal ValueList<FunctionImport> Functions { get; init; } = ValueList<FunctionImport>.Empty;

    /// <summary>Gets the aliases of the caller, by name.</summary>
    internal ValueList<AliasImport> Aliases { get; init; } = ValueList<AliasImport>.Empty;

    /// <summary>Gets the modules to import, in this order.</summary>
    internal ValueList<ModuleImport> Modules { get; init; } = ValueList<ModuleImport>.Empty;

    /// <summary>Gets the drives of the caller, by name.</summary>
    internal ValueList<DriveImport> Drives { get; init; } = ValueList<DriveImport>.Empty;

    /// <summary>Gets how the workers' threads take part in COM; unknown leaves that to .NET.</summary>
    internal ApartmentState ApartmentState { get; init; } = ApartmentState.Unknown;

    /// <summary>Gets a value indicating whether the runspaces hold nothing but what all do.</summary>
    internal bool IsPlain => Equals(Plain(Mode));

    /// <summary>The recipe of a call that imports nothing.</summary>
    /// <param name="mode">The language mode of the caller; full or constrained.</param>
    internal static SessionRecipe Plain(PSLanguageMode mode) =>
        mode == PSLanguageMode.ConstrainedLanguage ? Constrained : Full;

    /// <summary>Says in a few words what the runspaces hold beyond what all do; empty for nothing.</summary>
    internal string Describe() => string.Join(", ", Parts());

    private IEnumerable<string> Parts()
    {
        var state = State is null ? string.Empty : "own session state";
        var apartment = ApartmentState == ApartmentState.Unknown ? string.Empty : ApartmentState.ToString();
        var forEachObject = ForEachObject switch
        {
            ForEachObjectKind.Improved => "ForEach-Object",
            ForEachObjectKind.Strict => "strict ForEach-Object",
            _ => string.Empty,
        };
        return new[]
        {
            forEachObject,
            state,
            Count(Functions.Count, "function"),
            Count(Aliases.Count, "alias", "es"),
            Count(Modules.Count, "module"),
            Count(Drives.Count, "drive"),
            apartment,
        }.Where(part => part.Length > 0);
    }

    private static string Count(int count, string noun, string plural = "s") =>
        count == 0 ? string.Empty : $"{count} {noun}{(count == 1 ? string.Empty : plural)}";
}
