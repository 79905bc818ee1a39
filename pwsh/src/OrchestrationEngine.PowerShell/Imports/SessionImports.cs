using System.Collections.Generic;
using System.Management.Automation;
using System.Management.Automation.Language;
using System.Threading;
using OrchestrationEngine.PowerShell.Output;
using OrchestrationEngine.PowerShell.Runspaces;

namespace OrchestrationEngine.PowerShell.Imports;

/// <summary>What a call takes from its caller's session, once read.</summary>
internal sealed record SessionImports
{
    private static readonly Dictionary<string, object?> NoPreferences = [];

    /// <summary>Gets what the workers' runspaces are set up with.</summary>
    internal required SessionRecipe Recipe { get; init; }

    /// <summary>Gets what comes anew with each call.</summary>
    internal CallImports Call { get; init; } = CallImports.None;

    /// <summary>Gets the caller's preference variables, if they were asked for.</summary>
    internal IReadOnlyDictionary<string, object?> Preferences { get; init; } = NoPreferences;

    /// <summary>Reads what the options ask for. On the caller's thread.</summary>
    /// <param name="caller">The caller's session.</param>
    /// <param name="options">What to import.</param>
    /// <param name="block">The block that the items run.</param>
    /// <exception cref="CallRefusedException">Something is not there, or cannot be passed on.</exception>
    internal static SessionImports Read(SessionState caller, ImportOptions options, ScriptBlockAst block) =>
        options.IsEmpty
            ? new SessionImports { Recipe = SessionRecipe.Plain(caller.LanguageMode) }
            : ReadAll(caller, options, block);

    private static SessionImports ReadAll(SessionState caller, ImportOptions options, ScriptBlockAst block)
    {
        var variables = new VariableReader(caller, block);
        variables.Add(new NamePatterns(options.Variables, options.All));
        var call = new CallImports { Variables = variables.Found };
        var recipe = RecipeOf(caller, options);
        if (!options.All)
        {
            return new SessionImports { Recipe = recipe, Call = call };
        }

        var world = new CallerWorld(caller);
        return new SessionImports
        {
            Recipe = recipe with { Drives = world.Drives() },
            Call = call with { StrictMode = world.StrictMode(), Namespaces = CallerWorld.Namespaces(block) },
            Preferences = world.Preferences(),
        };
    }

    private static SessionRecipe RecipeOf(SessionState caller, ImportOptions options)
    {
        CheckApartmentState(options.ApartmentState);
        var all = options.All || options.AllCommands;
        var mode = ModeOf(caller, options);
        var commands = new CallerCommands(caller);
        var functions = new FunctionReader(commands, mode);
        var modules = new ModuleReader(caller);
        var aliases = new AliasReader(commands, functions, modules);
        functions.Add(new NamePatterns(options.Functions, all));
        foreach (var module in options.Modules)
        {
            modules.Add(module);
        }

        aliases.Add(new NamePatterns(options.Aliases, all));
        if (all)
        {
            modules.AddAllNotFound();
        }

        if (options.All)
        {
            foreach (var module in new CallerWorld(caller).ModulesOfDrives())
            {
                modules.AddUnlessFound(module);
            }
        }

        return new SessionRecipe
        {
            Mode = mode,
            State = options.State is null ? null : new StateImport(options.State),
            Functions = functions.Found,
            Aliases = aliases.Found,
            Modules = modules.Found,
            ApartmentState = options.ApartmentState,
        };
    }

    // Never wider than the caller's: a state is no way out of ConstrainedLanguage.
    private static PSLanguageMode ModeOf(SessionState caller, ImportOptions options) => options.State?.LanguageMode switch
    {
        null or PSLanguageMode.FullLanguage => caller.LanguageMode,
        PSLanguageMode.ConstrainedLanguage => PSLanguageMode.ConstrainedLanguage,
        { } mode => throw new CallRefusedException(ImportErrors.StateIsOfOtherMode(mode)),
    };

    private static void CheckApartmentState(ApartmentState state)
    {
        if (state != ApartmentState.Unknown && !System.OperatingSystem.IsWindows())
        {
            throw new CallRefusedException(ImportErrors.ApartmentStateNeedsWindows(state));
        }
    }
}
