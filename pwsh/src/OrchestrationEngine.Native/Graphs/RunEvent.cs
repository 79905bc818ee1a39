using System;
using System.Collections.Generic;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace OrchestrationEngine.Native;

/// <summary>Something that happened in a run. What its kind is not about is null or 0.</summary>
public sealed record RunEvent
{
    /// <summary>Gets its number in the run, from 1.</summary>
    public long Sequence { get; init; }

    /// <summary>Gets the number of the task that it is about; null if it is about the run.</summary>
    public int? Task { get; init; }

    /// <summary>Gets the name of that task with those that it is inside.</summary>
    public string? Name { get; init; }

    /// <summary>Gets when it happened, from the start of the run.</summary>
    [JsonPropertyName("atSeconds")]
    public TimeSpan At { get; init; }

    /// <summary>Gets what happened.</summary>
    public RunEventKind Kind { get; init; }

    /// <summary>Gets the attempt that it is about, from 1.</summary>
    public int? Attempt { get; init; }

    /// <summary>Gets how many attempts there were in all; at the end of a task.</summary>
    public int? Attempts { get; init; }

    /// <summary>Gets the worker that runs the attempt; at the start of what the host does.</summary>
    public int? Worker { get; init; }

    /// <summary>Gets the process that runs the attempt; at the start of a program.</summary>
    public long? ProcessId { get; init; }

    /// <summary>Gets the tasks that turned out to be inside this one.</summary>
    public IReadOnlyList<RunTask>? Tasks { get; init; }

    /// <summary>Gets why it is being stopped.</summary>
    public string? Reason { get; init; }

    /// <summary>Gets when it is tried again, from the start of the run.</summary>
    [JsonPropertyName("dueSeconds")]
    public TimeSpan? Due { get; init; }

    /// <summary>Gets how the task ended.</summary>
    public TaskState? State { get; init; }

    /// <summary>Gets why it was skipped.</summary>
    public string? SkipReason { get; init; }

    /// <summary>Gets the name of the task whose end kept this one from starting.</summary>
    public string? BlockedBy { get; init; }

    /// <summary>Gets how long its last attempt ran.</summary>
    [JsonPropertyName("durationSeconds")]
    public TimeSpan? Duration { get; init; }

    /// <summary>Gets a value indicating whether it was not run because it had succeeded in an earlier part of the run.</summary>
    public bool Kept { get; init; }

    /// <summary>Gets a value indicating whether it was not run because its result was remembered.</summary>
    public bool Cached { get; init; }

    /// <summary>Gets what it wrote beside its output; of a task that was cached. Null for nothing.</summary>
    public IReadOnlyList<StreamText>? Streams { get; init; }

    /// <summary>Gets why its result is not remembered although it was to be; null if it is.</summary>
    public string? NotMemoized { get; init; }

    /// <summary>Gets when its last attempt started; of a task that was kept.</summary>
    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>Gets a value indicating whether there was more to the output; of a task that was kept.</summary>
    public bool Partial { get; init; }

    /// <summary>Gets the exit code that it ended with; null for none.</summary>
    public int? ExitCode { get; init; }

    /// <summary>Gets the value that it put out, or, for an output of the host's, the host's word for its kind.</summary>
    public JsonElement? Output { get; init; }

    /// <summary>Gets why the attempt failed.</summary>
    public string? Error { get; init; }

    /// <summary>Gets the kind of the failure; of programs, the exit code.</summary>
    public int? ErrorKind { get; init; }

    /// <summary>Gets what a program did: <c>exitCode</c>, <c>stdout</c>, <c>stderr</c> and others.</summary>
    public JsonElement? Program { get; init; }
}

/// <summary>What happened in a run.</summary>
public enum RunEventKind
{
    /// <summary>A task that holds others began.</summary>
    Opened,

    /// <summary>It is known what is inside a task.</summary>
    Expanded,

    /// <summary>An attempt began.</summary>
    Started,

    /// <summary>The host's worker put something out.</summary>
    Output,

    /// <summary>A task is being stopped.</summary>
    Stopping,

    /// <summary>An attempt failed, and another will follow.</summary>
    Retrying,

    /// <summary>A task ended.</summary>
    Ended,

    /// <summary>The run ended.</summary>
    RunEnded,
}

/// <summary>How a task ended.</summary>
public enum TaskState
{
    /// <summary>It did what it was to do.</summary>
    Succeeded,

    /// <summary>It did not.</summary>
    Failed,

    /// <summary>It took longer than it may.</summary>
    TimedOut,

    /// <summary>It was stopped, or kept from starting.</summary>
    Stopped,

    /// <summary>A condition or what it waited for kept it from starting.</summary>
    Skipped,
}
