using System.Collections;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using System.Management.Automation.Language;
using OrchestrationEngine.Native;

namespace OrchestrationEngine.PowerShell.Runspaces;

/// <summary>What a worker needs to know of a task.</summary>
internal sealed record TaskWork
{
    private static readonly Hashtable NoParameters = [];

    /// <summary>Gets the name.</summary>
    internal required string Name { get; init; }

    /// <summary>Gets the path of a script or the name of a command; null if the task is a block.</summary>
    internal string? Command { get; init; }

    /// <summary>Gets the block; each runspace makes its own script block of it.</summary>
    internal ScriptBlockAst? Block { get; init; }

    /// <summary>Gets the parameters by name.</summary>
    internal Hashtable Parameters { get; init; } = NoParameters;

    /// <summary>Gets what says whether the task runs; null if it does.</summary>
    internal ScriptBlockAst? Condition { get; init; }

    /// <summary>Gets a value indicating whether its failure stops and skips nobody.</summary>
    internal bool MayFail { get; init; }

    /// <summary>Gets a value indicating whether the task must not run beside another such task.</summary>
    internal bool RunsAlone { get; init; }

    /// <summary>Gets what its result is remembered by; null if it is not to be.</summary>
    internal MemoRequest? Memo { get; init; }

    /// <summary>Gets why its result cannot be remembered although it was to be; null if it can, or need not.</summary>
    internal string? NotRemembered { get; init; }

    /// <summary>Gets a value indicating whether what it writes is needed to do as if it had run.</summary>
    internal bool IsRemembered => Memo is not null && NotRemembered is null;

    /// <summary>Gets the values that the task is given.</summary>
    internal IEnumerable<object?> Values => Parameters.Values.Cast<object?>();

    /// <summary>Makes what an attempt finds in $_ of <see cref="TaskCall.Runner"/>.</summary>
    internal Hashtable Prepare(RunAsk ask) => ask == RunAsk.Decide
        ? new Hashtable { ["Command"] = Condition!.GetScriptBlock(), ["Parameters"] = NoParameters }
        : new Hashtable
        {
            ["Command"] = (object?)Command ?? Block!.GetScriptBlock(),
            ["Parameters"] = Parameters,
        };
}
