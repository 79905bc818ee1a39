using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Management.Automation;
using System.Management.Automation.Language;
using OrchestrationEngine.PowerShell.Imports;
using OrchestrationEngine.PowerShell.Runspaces;

namespace OrchestrationEngine.PowerShell.Calls;

/// <summary>Reads from the caller's session what the workers of a call need. Used on the caller's thread.</summary>
internal static class CallerSession
{
    /// <exception cref="CallRefusedException">A $using: expression has no value, or one that cannot be passed on.</exception>
    internal static CallSettings Read(
        SessionState caller, CallOptions options, SessionImports imports, int depth, TaskGraph? tasks = null)
    {
        var block = AstOf(options.ScriptBlock)!;
        var stage = ReadStage(options);
        var values = UsingValues.Read(tasks is null ? BlocksOf(options) : TaskGraphMaker.BlocksOf(tasks), caller);
        return new CallSettings
        {
            Block = block,
            UsingValues = values,
            UsingFunctions = UsingFunction.Find(values, caller.LanguageMode),
            Location = WildcardPattern.Escape(caller.Path.CurrentLocation.Path),
            Culture = CultureInfo.CurrentCulture,
            UICulture = CultureInfo.CurrentUICulture,
            Preferences = options.IsStrict ? [] : ReadPreferences(caller, options, imports),
            Imports = imports.Call,
            KeepsState = options.KeepsState,
            // What a worker's own blocks have set up must stay for all of its items.
            ResetsAfterItem = options.UseNewRunspace
                || (!options.KeepsState && stage is null && (tasks is null
                    ? TraceAnalysis.LeavesTraces(block, imports.Recipe)
                    : TaskGraphMaker.LeaveTraces(tasks, imports.Recipe))),
            // With another attempt before it, a failure is not the item's end: then only the feeding thread knows.
            StopsOnError = options.StopsOnError && options.Retry is null,
            ThrottleLimit = options.ThrottleLimit,
            UseNewRunspace = options.UseNewRunspace,
            IsStrict = options.IsStrict,
            NotesStart = options.Reports is { NotesStart: true },
            Depth = depth,
            Stage = stage,
            InputScript = AstOf(options.InputScript),
        };
    }

    private static StageSettings? ReadStage(CallOptions options)
    {
        var stage = new StageSettings
        {
            Begin = AstOf(options.Begin),
            End = AstOf(options.End),
            Finally = AstOf(options.Finally),
            IsStateful = options.IsStateful,
        };
        return stage == new StageSettings() ? null : stage;
    }

    private static IEnumerable<Ast> BlocksOf(CallOptions options) =>
        new[] { options.ScriptBlock, options.Begin, options.End, options.Finally, options.InputScript }
            .OfType<ScriptBlock>().Select(block => block.Ast);

    internal static ScriptBlockAst? AstOf(ScriptBlock? block) => block is null ? null : BlockTree.Of(block);

    // What a caller who tries something out must be able to rely on: -WhatIf reaches the items.
    private static Dictionary<string, object?> ReadPreferences(
        SessionState caller, CallOptions options, SessionImports imports)
    {
        var preferences = new Dictionary<string, object?>(imports.Preferences);
        AddIfLoud(preferences, "Verbose", caller, options);
        AddIfLoud(preferences, "Debug", caller, options);
        if (LanguagePrimitives.IsTrue(caller.PSVariable.GetValue("WhatIfPreference")))
        {
            preferences["WhatIfPreference"] = true;
        }

        if (caller.PSVariable.GetValue("ConfirmPreference") is { } confirm && confirm is not ConfirmImpact.High)
        {
            preferences["ConfirmPreference"] = confirm;
        }

        return preferences;
    }

    // The caller's own preference is applied where the records are written; here they only must not be held back.
    private static void AddIfLoud(
        Dictionary<string, object?> preferences, string stream, SessionState caller, CallOptions options)
    {
        var name = stream + "Preference";
        var isLoud = options.Given.TryGetValue(stream, out var given)
            ? LanguagePrimitives.IsTrue(given)
            : LanguagePrimitives.TryConvertTo<ActionPreference>(caller.PSVariable.GetValue(name), out var preference)
                && preference is not (ActionPreference.SilentlyContinue or ActionPreference.Ignore);
        if (isLoud)
        {
            preferences[name] = ActionPreference.Continue;
        }
    }
}
