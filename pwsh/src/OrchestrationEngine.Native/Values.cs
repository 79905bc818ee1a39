using System;
using System.Runtime.InteropServices;

namespace OrchestrationEngine.Native;

/// <summary>How an item ended. Every item ends as exactly one of these.</summary>
public enum Outcome
{
    /// <summary>It ran to its end.</summary>
    Succeeded = 0,

    /// <summary>It ended with an error.</summary>
    Failed = 1,

    /// <summary>It was stopped because a time limit had passed.</summary>
    TimedOut = 2,

    /// <summary>It was stopped for another reason, or never started.</summary>
    Stopped = 3,
}

/// <summary>Why a queue is cancelled. A later reason replaces an earlier one.</summary>
public enum CancelReason
{
    /// <summary>It is not cancelled.</summary>
    None = 0,

    /// <summary>An item failed, and the caller asked to stop at the first failure.</summary>
    FirstFailure = 1,

    /// <summary>The queue took longer than its limit.</summary>
    Timeout = 2,

    /// <summary>The caller wants no more.</summary>
    Requested = 3,

    /// <summary>The queue or its pool was disposed.</summary>
    HostGone = 4,
}

/// <summary>What a wait or a pull came to.</summary>
public enum Waited
{
    /// <summary>There is something.</summary>
    Ready = EngineStatus.Ok,

    /// <summary>Nothing came within the limit.</summary>
    TimedOut = EngineStatus.Timeout,

    /// <summary>Nothing will come any more, or nothing for this worker.</summary>
    Ended = EngineStatus.Ended,

    /// <summary>The work was stopped: detach, then attach again.</summary>
    Stopped = EngineStatus.Stopped,

    /// <summary>The worker was given up: detach and return.</summary>
    Abandoned = EngineStatus.Abandoned,
}

/// <summary>A request to stop what a worker does under one attachment, and nothing that came after it.</summary>
/// <param name="Worker">The number of the worker.</param>
/// <param name="Attachment">The number of the attachment; void if the worker has a later one by now.</param>
public readonly record struct StopRequest(int Worker, long Attachment);

/// <summary>What a worker attached to.</summary>
/// <param name="Tag">The tag of the queue, as its options have it.</param>
/// <param name="Number">The number of the attachment, unique in its pool, from 1.</param>
public readonly record struct Attachment(long Tag, long Number);

/// <summary>One entry of a queue's output. Events of one item come in order, and none after its end.</summary>
[StructLayout(LayoutKind.Sequential)]
public readonly struct ItemEvent
{
    /// <summary>The kind of an event that says how an item ended.</summary>
    public const int EndedKind = 0;

    private readonly long _item;
    private readonly ulong _durationNanoseconds;
    private readonly uint _worker;
    private readonly ushort _kind;
    private readonly ushort _outcome;

    /// <summary>Gets the item.</summary>
    public long Item => _item;

    /// <summary>Gets the number of the worker that ran the item; 0 if none did.</summary>
    public int Worker => (int)_worker;

    /// <summary>Gets <see cref="EndedKind"/>, or the kind that the host emitted.</summary>
    public int Kind => _kind;

    /// <summary>Gets a value indicating whether this is the end of the item.</summary>
    public bool IsEnd => _kind == EndedKind;

    /// <summary>Gets how the item ended, if this is its end.</summary>
    public Outcome Outcome => (Outcome)_outcome;

    /// <summary>Gets how long the item ran, if this is its end.</summary>
    public TimeSpan Duration => TimeSpan.FromTicks((long)(_durationNanoseconds / TimeSpan.NanosecondsPerTick));
}

/// <summary>What a queue, or all queues of a pool, did so far; numbers of items.</summary>
/// <param name="Submitted">Accepted.</param>
/// <param name="Queued">Waiting for a worker now.</param>
/// <param name="Running">Running now.</param>
/// <param name="Succeeded">Ended as succeeded.</param>
/// <param name="Failed">Ended as failed.</param>
/// <param name="TimedOut">Ended as timed out.</param>
/// <param name="Stopped">Ended as stopped, or never started.</param>
/// <param name="Late">Reports of abandoned workers that came too late and were dropped.</param>
/// <param name="Waits">How often a worker had to wait for an item.</param>
public sealed record ItemCounters(
    long Submitted,
    long Queued,
    long Running,
    long Succeeded,
    long Failed,
    long TimedOut,
    long Stopped,
    long Late,
    long Waits)
{
    /// <summary>Gets how many items have ended.</summary>
    public long Done => Succeeded + Failed + TimedOut + Stopped;
}

/// <summary>What a pool is doing and did.</summary>
/// <param name="Workers">Threads that live and were not given up.</param>
/// <param name="Idle">Of these, the ones that wait for a queue.</param>
/// <param name="ThreadsStarted">Threads that were ever started.</param>
/// <param name="Abandoned">Threads that were given up.</param>
/// <param name="OpenQueues">Queues in which something is still to be done.</param>
/// <param name="Items">The items of all queues, those of the past included.</param>
public sealed record PoolCounters(
    long Workers,
    long Idle,
    long ThreadsStarted,
    long Abandoned,
    long OpenQueues,
    ItemCounters Items);

/// <summary>One worker of a pool.</summary>
/// <param name="Id">Its number, unique in the process, from 1.</param>
/// <param name="Attachment">Its present attachment; 0 while it waits or starts.</param>
/// <param name="Age">How long it has lived.</param>
public sealed record WorkerInfo(int Id, long Attachment, TimeSpan Age);
