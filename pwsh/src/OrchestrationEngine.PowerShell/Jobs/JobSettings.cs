namespace OrchestrationEngine.PowerShell.Jobs;

/// <summary>What a job is made with.</summary>
internal sealed record JobSettings
{
    /// <summary>Gets the text of the block.</summary>
    internal required string Command { get; init; }

    /// <summary>Gets the name; null for one that PowerShell makes up.</summary>
    internal string? Name { get; init; }

    /// <summary>Gets how many items may run at once.</summary>
    internal required int ThrottleLimit { get; init; }

    /// <summary>Gets a value indicating whether each item gives one record instead of its bare output.</summary>
    internal bool PassThru { get; init; }

    /// <summary>Gets a value indicating whether each item gets a runspace that nobody used before.</summary>
    internal bool UsesNewRunspaces { get; init; }

    /// <summary>
    /// Gets a value indicating whether items that will never run stay NotStarted, as in PowerShell's own jobs. Whoever
    /// waits for one then waits for ever, so otherwise they are Stopped.
    /// </summary>
    internal bool LeavesUnstarted { get; init; }
}
