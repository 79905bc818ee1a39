using System.Management.Automation;

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

    /// <summary>Gets a value indicating whether the runspaces hold nothing but what all do.</summary>
    internal bool IsPlain => Equals(Plain(Mode));

    /// <summary>The recipe of a call that imports nothing.</summary>
    /// <param name="mode">The language mode of the caller; full or constrained.</param>
    internal static SessionRecipe Plain(PSLanguageMode mode) =>
        mode == PSLanguageMode.ConstrainedLanguage ? Constrained : Full;

    /// <summary>Says in a few words what the runspaces hold beyond what all do; empty for nothing.</summary>
    internal string Describe() => ForEachObject switch
    {
        ForEachObjectKind.Improved => "ForEach-Object",
        ForEachObjectKind.Strict => "strict ForEach-Object",
        _ => string.Empty,
    };
}
