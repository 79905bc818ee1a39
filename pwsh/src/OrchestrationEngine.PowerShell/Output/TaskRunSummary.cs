using System;
using System.Collections.Generic;
using System.Linq;
using OrchestrationEngine.Native;

namespace OrchestrationEngine.PowerShell;

/// <summary>What came of a run as a whole.</summary>
public sealed class TaskRunSummary
{
    internal TaskRunSummary(RunReport last, DateTime begun, IReadOnlyList<TaskResult> results)
    {
        StartTime = begun;
        Tasks = results;
        RunId = last.Run;
        Status = last.Status;
        Counts = last.Counts;
        Duration = last.Elapsed;
        LowerBound = last.LowerBound ?? TimeSpan.Zero;
        SequentialDuration = last.Sequential ?? TimeSpan.Zero;
        CriticalPath = last.CriticalPath ?? [];
        Slowest = results.Where(task => task.Attempts > 0).MaxBy(task => task.Duration)?.Name;
    }

    /// <summary>Gets the id of the run, by which it can be resumed; null if it is not kept.</summary>
    public string? RunId { get; }

    /// <summary>Gets how it ended.</summary>
    public RunStatus Status { get; }

    /// <summary>Gets when this part of the run began, in local time.</summary>
    public DateTime StartTime { get; }

    /// <summary>Gets what came of each task, in the order given.</summary>
    public IReadOnlyList<TaskResult> Tasks { get; }

    /// <summary>Gets how many tasks there were.</summary>
    public int Total => Counts.Total;

    /// <summary>Gets how many of them succeeded.</summary>
    public int Succeeded => Counts.Succeeded;

    /// <summary>Gets how many failed.</summary>
    public int Failed => Counts.Failed;

    /// <summary>Gets how many took longer than they may.</summary>
    public int TimedOut => Counts.TimedOut;

    /// <summary>Gets how many were stopped, or kept from starting, because the run ended before them.</summary>
    public int Stopped => Counts.Stopped;

    /// <summary>Gets how many a condition or a task that they wait for kept from starting.</summary>
    public int Skipped => Counts.Skipped;

    /// <summary>Gets how many were not run because their result was remembered.</summary>
    public int Cached => Tasks.Count(task => task.Cached);

    /// <summary>Gets how long the run took.</summary>
    public TimeSpan Duration { get; }

    /// <summary>Gets the time that no order could have beaten, with these durations and this limit.</summary>
    public TimeSpan LowerBound { get; }

    /// <summary>Gets what the tasks took one after another.</summary>
    public TimeSpan SequentialDuration { get; }

    /// <summary>Gets how many times faster the run was than its tasks one after another.</summary>
    public double SpeedUp => Duration > TimeSpan.Zero ? SequentialDuration / Duration : 0;

    /// <summary>Gets the name of the task whose last attempt ran longest; null if none ran.</summary>
    public string? Slowest { get; }

    /// <summary>Gets the tasks that would have to be faster for the run to be, however many slots there are.</summary>
    public IReadOnlyList<string> CriticalPath { get; }

    private TaskCounts Counts { get; }

    /// <inheritdoc/>
    public override string ToString() =>
        $"{Succeeded} of {Total} tasks succeeded, {Failed} failed, {TimedOut} timed out, {Stopped} stopped, {Skipped} skipped.";
}
