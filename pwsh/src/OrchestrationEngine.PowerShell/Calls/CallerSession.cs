using System.Collections.Generic;
using System.Globalization;
using System.Management.Automation;
using System.Management.Automation.Language;
using OrchestrationEngine.PowerShell.Runspaces;

namespace OrchestrationEngine.PowerShell.Calls;

/// <summary>Reads from the caller's session what the workers of a call need. Used on the caller's thread.</summary>
internal static class CallerSession
{
    /// <exception cref="UsingException">A $using: expression has no value, or one that cannot be passed on.</exception>
    internal static CallSettings Read(SessionState caller, CallOptions options, int depth)
    {
        var block = (ScriptBlockAst)options.ScriptBlock.Ast;
        return new CallSettings
        {
            Block = block,
            UsingValues = UsingValues.Read(block, caller),
            Location = WildcardPattern.Escape(caller.Path.CurrentLocation.Path),
            Culture = CultureInfo.CurrentCulture,
            UICulture = CultureInfo.CurrentUICulture,
            Preferences = ReadPreferences(caller),
            ResetsAfterItem = BlockAnalysis.LeavesTraces(block),
            // With another attempt before it, a failure is not the item's end: then only the feeding thread knows.
            StopsOnError = options.StopsOnError && options.Retry is null,
            Depth = depth,
        };
    }

    // What a caller who tries something out must be able to rely on: -WhatIf reaches the items.
    private static Dictionary<string, object> ReadPreferences(SessionState caller)
    {
        var preferences = new Dictionary<string, object>();
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
}
