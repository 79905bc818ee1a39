using System;
using System.Collections.Generic;
using System.Management.Automation;
using OrchestrationEngine.Native;

namespace OrchestrationEngine.PowerShell;

/// <summary>What is known of a workflow at a moment.</summary>
internal sealed record WorkflowState
{
    internal required string Id { get; init; }

    internal required string Name { get; init; }

    internal RunStatus Status { get; init; }

    internal bool Success { get; init; }

    internal string? Reason { get; init; }

    internal int CurrentStep { get; init; }

    internal int TotalSteps { get; init; }

    internal int StepsExecuted { get; init; }

    /// <summary>Gets when it began, in local time.</summary>
    internal DateTime StartTime { get; init; } = DateTime.Now;

    /// <summary>Gets how long it ran; null while it does.</summary>
    internal TimeSpan? Duration { get; init; }

    internal TimeSpan? LowerBound { get; init; }

    internal TimeSpan? Sequential { get; init; }

    internal IReadOnlyList<ErrorRecord> Errors { get; init; } = [];

    internal bool IsDryRun { get; init; }
}
