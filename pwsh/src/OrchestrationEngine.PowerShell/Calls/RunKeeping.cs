using OrchestrationEngine.Native;

namespace OrchestrationEngine.PowerShell.Calls;

/// <summary>That a run of tasks is kept.</summary>
internal sealed record RunKeeping
{
    /// <summary>Gets the name of the run; of one that goes on also its id. Without a name of its own it is one of tasks.</summary>
    internal string Name { get; init; } = "tasks";

    /// <summary>Gets a value indicating whether it is kept only if it has results to remember.</summary>
    internal bool IsForMemosOnly { get; init; }

    /// <summary>Gets a value indicating whether it goes on.</summary>
    internal bool Resumes { get; init; }

    /// <summary>Gets a value indicating whether it may go on with other tasks than it began with.</summary>
    internal bool AcceptsChanges { get; init; }

    /// <summary>Gets how many runs are kept, from 1; null for all.</summary>
    internal int? KeepRuns { get; init; }

    /// <summary>Gets what is certain to be on the disk before a task starts.</summary>
    internal RunDurability Durability { get; init; }
}
