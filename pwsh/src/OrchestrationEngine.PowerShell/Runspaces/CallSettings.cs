using System.Collections.Generic;
using System.Globalization;
using System.Management.Automation.Language;

namespace OrchestrationEngine.PowerShell.Runspaces;

/// <summary>What every worker of a call needs to know to run its items as the caller would.</summary>
internal sealed record CallSettings
{
    /// <summary>Gets the block; each runspace makes its own script block of it, which keeps file and line.</summary>
    internal required ScriptBlockAst Block { get; init; }

    /// <summary>Gets the values of its $using: expressions, by PowerShell's own keys.</summary>
    internal required Dictionary<string, object?> UsingValues { get; init; }

    /// <summary>Gets those among them that are functions, of which each runspace makes its own.</summary>
    internal required Dictionary<string, UsingFunction> UsingFunctions { get; init; }

    /// <summary>Gets the caller's location, escaped against wildcards.</summary>
    internal required string Location { get; init; }

    /// <summary>Gets the caller's culture.</summary>
    internal required CultureInfo Culture { get; init; }

    /// <summary>Gets the caller's culture for texts.</summary>
    internal required CultureInfo UICulture { get; init; }

    /// <summary>Gets preference variables that differ from their default and that items should see.</summary>
    internal required IReadOnlyDictionary<string, object?> Preferences { get; init; }

    /// <summary>Gets what the call imports beside that.</summary>
    internal CallImports Imports { get; init; } = CallImports.None;

    /// <summary>Gets a value indicating whether items find what those before them have left in their runspace.</summary>
    internal bool KeepsState { get; init; }

    /// <summary>Gets a value indicating whether the runspace must be reset after each item.</summary>
    internal required bool ResetsAfterItem { get; init; }

    /// <summary>Gets how many items may run at once.</summary>
    internal required int ThrottleLimit { get; init; }

    /// <summary>Gets a value indicating whether the first item that fails stops all others.</summary>
    internal required bool StopsOnError { get; init; }

    /// <summary>Gets what each worker runs beside its items; null for nothing.</summary>
    internal StageSettings? Stage { get; init; }

    /// <summary>Gets the block that gives the input, run by a worker; null if the pipeline gives it.</summary>
    internal ScriptBlockAst? InputScript { get; init; }

    /// <summary>Gets a value indicating whether each item gets a runspace that nobody used before.</summary>
    internal required bool UseNewRunspace { get; init; }

    /// <summary>Gets a value indicating whether errors are those of PowerShell's own ForEach-Object -Parallel.</summary>
    internal required bool IsStrict { get; init; }

    /// <summary>Gets where workers note which items they run; null if nobody follows single items.</summary>
    internal RunningItems? Running { get; init; }

    /// <summary>Gets a value indicating whether workers note when they start an item.</summary>
    internal bool NotesStart { get; init; }

    /// <summary>Gets how many calls this one is nested in, itself included.</summary>
    internal required int Depth { get; init; }
}
