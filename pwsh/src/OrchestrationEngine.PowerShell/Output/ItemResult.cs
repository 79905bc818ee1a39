using System;
using System.Collections.Generic;
using System.Management.Automation;
using OrchestrationEngine.PowerShell.Output;

namespace OrchestrationEngine.PowerShell;

/// <summary>What became of one item: the record that -PassThru gives instead of the bare output.</summary>
public sealed class ItemResult
{
    internal ItemResult(
        long index,
        object? input,
        ItemStatus status,
        IReadOnlyList<object?> output,
        IReadOnlyList<ErrorRecord> errors,
        TimeSpan duration,
        int worker,
        int attempts)
    {
        Index = index;
        Input = input;
        Status = status;
        Output = output;
        Errors = errors;
        Duration = duration;
        Worker = worker;
        Attempts = attempts;
    }

    /// <summary>Makes the record of an item that has ended.</summary>
    internal static ItemResult Of(ItemSlot slot, in Native.ItemEvent end) => new(
        slot.Index, slot.Input, (ItemStatus)end.Outcome, slot.Output, slot.Errors, end.Duration, end.Worker, slot.Attempt);

    /// <summary>Makes the record of an item that is never started.</summary>
    internal static ItemResult OfUnstarted(long index, object? input) => new(
        index, input, ItemStatus.Stopped, [], [], TimeSpan.Zero, worker: 0, attempts: 1);

    /// <summary>Gets the position of the item in the input, from 0.</summary>
    public long Index { get; }

    /// <summary>Gets the item.</summary>
    public object? Input { get; }

    /// <summary>Gets how it ended.</summary>
    public ItemStatus Status { get; }

    /// <summary>Gets what it wrote to the success stream, in order; also what came before it failed.</summary>
    public IReadOnlyList<object?> Output { get; }

    /// <summary>Gets what it wrote to the error stream, in order; the error that ended it is the last.</summary>
    public IReadOnlyList<ErrorRecord> Errors { get; }

    /// <summary>Gets how long it ran; zero if it never started.</summary>
    public TimeSpan Duration { get; }

    /// <summary>Gets the number of the worker that ran it; 0 if none did.</summary>
    public int Worker { get; }

    /// <summary>Gets how often it was run, 1 unless -RetryCount was given; the other values are those of the last time.</summary>
    public int Attempts { get; }
}
