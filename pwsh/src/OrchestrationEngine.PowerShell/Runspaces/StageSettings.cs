using System.Management.Automation.Language;

namespace OrchestrationEngine.PowerShell.Runspaces;

/// <summary>What each worker of a call runs beside its items.</summary>
internal sealed record StageSettings
{
    /// <summary>Gets what runs before the worker's first item, in the scope that encloses those of the items.</summary>
    internal ScriptBlockAst? Begin { get; init; }

    /// <summary>Gets what runs after its last item, in the same scope, unless the worker was stopped.</summary>
    internal ScriptBlockAst? End { get; init; }

    /// <summary>Gets what runs at last, also if the worker was stopped.</summary>
    internal ScriptBlockAst? Finally { get; init; }

    /// <summary>
    /// Gets a value indicating whether the call's block is one stage a worker: begin once, process for each item in
    /// one scope, end once.
    /// </summary>
    internal bool IsStateful { get; init; }
}
