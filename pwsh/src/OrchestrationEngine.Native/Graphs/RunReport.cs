using System;
using System.Collections.Generic;
using System.Text.Json.Serialization;

namespace OrchestrationEngine.Native;

/// <summary>How a run stands, and what happened in it after a cursor.</summary>
public sealed record RunReport
{
    /// <summary>Gets the id of the run; null if it is not kept.</summary>
    public string? Run { get; init; }

    /// <summary>Gets whether it goes on, or how it ended.</summary>
    public RunStatus Status { get; init; }

    /// <summary>Gets why it was ended before its time: FirstFailure, Timeout, Cancelled, …; null if it was not.</summary>
    public string? Reason { get; init; }

    /// <summary>Gets what kept the run from going on, such as a disk that is full; null for nothing.</summary>
    public string? Error { get; init; }

    /// <summary>Gets how long it has run so far, or ran.</summary>
    [JsonPropertyName("elapsedSeconds")]
    public TimeSpan Elapsed { get; init; }

    /// <summary>Gets the time that no order could have beaten with these durations; null until the end.</summary>
    [JsonPropertyName("lowerBoundSeconds")]
    public TimeSpan? LowerBound { get; init; }

    /// <summary>Gets what the tasks took one after another; null until the end.</summary>
    [JsonPropertyName("sequentialSeconds")]
    public TimeSpan? Sequential { get; init; }

    /// <summary>
    /// Gets the names of the tasks that would have to be faster for the run to be, however many slots there are; null
    /// until the end.
    /// </summary>
    public IReadOnlyList<string>? CriticalPath { get; init; }

    /// <summary>Gets how many tasks are in which state.</summary>
    public required TaskCounts Counts { get; init; }

    /// <summary>Gets the tasks with their numbers; only in the report for cursor 0.</summary>
    public IReadOnlyList<RunTask>? Tasks { get; init; }

    /// <summary>Gets what happened, in order.</summary>
    public IReadOnlyList<RunEvent> Events { get; init; } = [];

    /// <summary>Gets what to ask for next time.</summary>
    public long Cursor { get; init; }

    /// <summary>Gets a value indicating whether there are further events already.</summary>
    public bool More { get; init; }

    /// <summary>Gets a value indicating whether nothing will come after this report.</summary>
    [JsonIgnore]
    public bool IsLast => Status != RunStatus.Running && !More;
}

/// <summary>How many tasks are in which state.</summary>
/// <param name="Total">All of them, those inside others too.</param>
/// <param name="Waiting">They may still run.</param>
/// <param name="Running">They run.</param>
/// <param name="Succeeded">They did what they were to do.</param>
/// <param name="Failed">They did not.</param>
/// <param name="TimedOut">They took longer than they may.</param>
/// <param name="Stopped">They were stopped, or kept from starting.</param>
/// <param name="Skipped">A condition or what they waited for kept them from starting.</param>
public sealed record TaskCounts(
    int Total, int Waiting, int Running, int Succeeded, int Failed, int TimedOut, int Stopped, int Skipped);

/// <summary>A task of a run.</summary>
/// <param name="Task">Its number.</param>
/// <param name="Name">Its name with those that it is inside: <c>outer/inner</c>.</param>
/// <param name="Parent">The number of the task that it is inside; null for none.</param>
public sealed record RunTask(int Task, string Name, int? Parent);

/// <summary>Whether a run goes on, or how it ended.</summary>
public enum RunStatus
{
    /// <summary>It goes on.</summary>
    Running,

    /// <summary>Every task succeeded, was skipped by its condition, or may fail.</summary>
    Completed,

    /// <summary>A task failed, or the run reached a limit.</summary>
    Failed,

    /// <summary>It was asked to stop.</summary>
    Stopped,
}
