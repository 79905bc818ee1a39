using System;
using System.Collections.Generic;
using System.Management.Automation;

namespace OrchestrationEngine.PowerShell;

/// <summary>What came of one task of a run.</summary>
public sealed class TaskResult
{
    internal TaskResult(string name) => Name = name;

    /// <summary>Gets the name of the task.</summary>
    public string Name { get; }

    /// <summary>Gets how it ended.</summary>
    public TaskStatus Status { get; internal init; }

    /// <summary>Gets what its last attempt put out.</summary>
    public IReadOnlyList<object?> Output { get; internal init; } = [];

    /// <summary>Gets the error that ended its last attempt; null if none did.</summary>
    public ErrorRecord? Error { get; internal init; }

    /// <summary>Gets the errors that its last attempt wrote and went on after.</summary>
    public IReadOnlyList<ErrorRecord> Errors { get; internal init; } = [];

    /// <summary>Gets the exit code of its script or program; null if it never ended by itself.</summary>
    public int? ExitCode { get; internal init; }

    /// <summary>Gets why it did not start; null if it did.</summary>
    public string? Reason { get; internal init; }

    /// <summary>Gets a value indicating whether its failure stops and skips nobody.</summary>
    internal bool MayFail { get; init; }

    /// <summary>Gets the name of the task that kept it from starting; null if none did.</summary>
    public string? BlockedBy { get; internal init; }

    /// <summary>Gets when its first attempt started, in local time; null if none did.</summary>
    public DateTime? StartTime { get; internal init; }

    /// <summary>Gets how long its last attempt ran.</summary>
    public TimeSpan Duration { get; internal init; }

    /// <summary>Gets how many attempts there were.</summary>
    public int Attempts { get; internal init; }

    /// <summary>Gets the number of the worker that ran its last attempt; null if none did.</summary>
    public int? Worker { get; internal init; }

    /// <summary>
    /// Gets a value indicating whether it was not run because it had succeeded before the run was resumed. What of its output
    /// could not be kept is there as text.
    /// </summary>
    public bool Kept { get; internal init; }

    /// <summary>
    /// Gets a value indicating whether it was not run because the same had succeeded before. Output and exit code are those of
    /// then; what it wrote to other streams is there as text.
    /// </summary>
    public bool Cached { get; internal init; }

    /// <summary>Gets when its last attempt started, in local time; null if none did.</summary>
    internal DateTime? LastStart { get; init; }

    /// <inheritdoc/>
    public override string ToString() => $"{Name}: {Status}";
}
