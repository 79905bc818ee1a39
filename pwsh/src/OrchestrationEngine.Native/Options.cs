using System;

namespace OrchestrationEngine.Native;

/// <summary>How a pool behaves.</summary>
public sealed record PoolOptions
{
    /// <summary>Gets how long a worker without work is kept; up to 49 days.</summary>
    public TimeSpan IdleTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Gets how many threads may be on their way at once; 0 means the number of processors.</summary>
    public int StartLimit { get; init; }
}

/// <summary>How a queue behaves.</summary>
public sealed record QueueOptions
{
    /// <summary>Gets the host's name for the queue; workers that attach get it.</summary>
    public long Tag { get; init; }

    /// <summary>Gets how many workers may work on it at once, 1 to <see cref="Engine.WorkerLimit"/>.</summary>
    public int WorkerLimit { get; init; } = Math.Max(1, Environment.ProcessorCount);

    /// <summary>Gets how many items may wait for a worker, at least 1.</summary>
    public int InputCapacity { get; init; } = 1024;

    /// <summary>Gets how many events may wait to be taken, at least 1.</summary>
    public int OutputCapacity { get; init; } = 4096;

    /// <summary>Gets how long one item may run, from its start; null for no limit.</summary>
    public TimeSpan? ItemTimeout { get; init; }

    /// <summary>Gets how long the whole queue may take, from when it is opened; null for no limit.</summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>Gets how long a worker may go on after a stop before it is abandoned.</summary>
    public TimeSpan StopGrace { get; init; } = TimeSpan.FromMilliseconds(300);
}
