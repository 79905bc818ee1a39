using System;
using System.Collections.Generic;
using OrchestrationEngine.Native.Interop;

namespace OrchestrationEngine.Native;

/// <summary>
/// A pool of native threads that run a host's items. Threads come with the work and stay warm for a while. All
/// members may be called from any thread.
/// </summary>
/// <remarks>
/// The pool keeps its host alive, so a pool that its own host refers to is never collected: dispose it.
/// </remarks>
public sealed class Pool : IDisposable
{
    private readonly PoolHandle _handle;

    /// <summary>Initializes a new instance of the <see cref="Pool"/> class, without a thread yet.</summary>
    /// <param name="host">Who runs the items; kept alive until the pool's last thread has ended.</param>
    /// <param name="options">How the pool behaves.</param>
    /// <exception cref="EngineLibraryException">The native library cannot be used.</exception>
    public Pool(IWorkerHost host, PoolOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(host);
        NativeLibraryLoader.ThrowIfUnusable();
        options ??= new PoolOptions();
        ArgumentOutOfRangeException.ThrowIfNegative(options.StartLimit, nameof(options));
        var nativeOptions = new NativePoolOptions
        {
            IdleTimeoutMilliseconds = Math.Max(1, Limits.ForSmallOption(options.IdleTimeout, nameof(options))),
            StartLimit = (uint)options.StartLimit,
        };
        var callbacks = HostCallbacks.Create(host);
        var status = NativeMethods.oe_pool_new(callbacks, nativeOptions, out var pool);
        if (status != EngineStatus.Ok)
        {
            HostCallbacks.Discard(callbacks);
            EngineException.Throw(status);
        }

        _handle = new PoolHandle(pool);
    }

    /// <summary>Opens a queue for one call.</summary>
    /// <param name="options">How the queue behaves.</param>
    /// <returns>The queue; dispose it when its output was taken.</returns>
    /// <exception cref="EngineException">An option is out of range, or the process has no worker left.</exception>
    public ItemQueue Open(QueueOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentOutOfRangeException.ThrowIfNegative(options.WorkerLimit, nameof(options));
        ArgumentOutOfRangeException.ThrowIfNegative(options.InputCapacity, nameof(options));
        ArgumentOutOfRangeException.ThrowIfNegative(options.OutputCapacity, nameof(options));
        var nativeOptions = new NativeQueueOptions
        {
            Tag = (ulong)options.Tag,
            ItemTimeoutMilliseconds = Limits.ForOption(options.ItemTimeout, nameof(options)),
            TimeoutMilliseconds = Limits.ForOption(options.Timeout, nameof(options)),
            StopGraceMilliseconds = Limits.ForSmallOption(options.StopGrace, nameof(options)),
            WorkerLimit = (uint)options.WorkerLimit,
            InputCapacity = (uint)options.InputCapacity,
            OutputCapacity = (uint)options.OutputCapacity,
        };
        EngineException.ThrowUnlessOk(NativeMethods.oe_queue_new(_handle, nativeOptions, out var queue));
        return new ItemQueue(new QueueHandle(queue));
    }

    /// <summary>
    /// Begins a run. What is the host's in it becomes items of a queue with this tag, which may come to
    /// <see cref="IWorkerHost.Work"/> before this returns; see <see cref="RunItem"/>.
    /// </summary>
    /// <param name="tag">The host's name for the run; workers that attach get it.</param>
    /// <param name="json">The tasks, as the C header documents them at <c>oe_run_start</c>.</param>
    /// <returns>The run; disposing it cancels what is not done.</returns>
    /// <exception cref="EngineException">
    /// The text is not such JSON (the message has line and column), the tasks are no graph that could be run, or the
    /// process has no worker left.
    /// </exception>
    public Run StartRun(long tag, string json) => Run.Start(_handle, tag, json);

    /// <summary>
    /// Begins a run. What is the host's in it becomes items of a queue with this tag, which may come to
    /// <see cref="IWorkerHost.Work"/> before this returns; see <see cref="RunItem"/>.
    /// </summary>
    /// <param name="tag">The host's name for the run; workers that attach get it.</param>
    /// <param name="graph">The tasks.</param>
    /// <returns>The run; disposing it cancels what is not done.</returns>
    /// <exception cref="EngineException">
    /// The tasks are no graph that could be run (the message names them), or the process has no worker left.
    /// </exception>
    public Run StartRun(long tag, Graph graph)
    {
        ArgumentNullException.ThrowIfNull(graph);
        return StartRun(tag, graph.ToJson());
    }

    /// <summary>
    /// Begins a workflow. Steps for PowerShell become items of a queue with this tag, which may come to
    /// <see cref="IWorkerHost.Work"/> before this returns; see <see cref="Workflow.Order"/>.
    /// </summary>
    /// <param name="tag">The host's name for the workflow; workers that attach get it.</param>
    /// <param name="json">The playbook and what it is told, as the C header documents it at <c>oe_workflow_start</c>.</param>
    /// <returns>The workflow; disposing it cancels what is not done.</returns>
    /// <exception cref="EngineException">
    /// The playbook cannot be used: its message has all errors, one a line, with file, line and column. Or the process has no
    /// worker left.
    /// </exception>
    public Workflow StartWorkflow(long tag, string json) => Workflow.Start(_handle, tag, json);

    /// <summary>Says what the pool is doing and did.</summary>
    /// <returns>The counters, all of one moment.</returns>
    public PoolCounters GetCounters()
    {
        EngineException.ThrowUnlessOk(NativeMethods.oe_pool_get_counters(_handle, out var found));
        return new PoolCounters(
            (long)found.Workers,
            (long)found.Idle,
            (long)found.ThreadsStarted,
            (long)found.Abandoned,
            (long)found.OpenQueues,
            ItemQueue.Convert(found.Items));
    }

    /// <summary>Lists the workers that live and were not given up, by number.</summary>
    /// <returns>One entry a worker.</returns>
    public IReadOnlyList<WorkerInfo> GetWorkers()
    {
        var found = new NativeWorkerInfo[Engine.WorkerLimit];
        EngineException.ThrowUnlessOk(
            NativeMethods.oe_pool_get_workers(_handle, found, (nuint)found.Length, out var count));
        var result = new WorkerInfo[Math.Min((int)count, found.Length)];
        for (var index = 0; index < result.Length; index++)
        {
            var worker = found[index];
            var age = TimeSpan.FromMilliseconds(worker.AgeMilliseconds);
            result[index] = new WorkerInfo((int)worker.Id, (long)worker.Attachment, age);
        }

        return result;
    }

    /// <summary>Lets every worker go that has nothing to do now; their threads end soon after.</summary>
    public void Trim() => EngineException.ThrowUnlessOk(NativeMethods.oe_pool_trim(_handle));

    /// <summary>
    /// Closes the pool: its queues are cancelled, its threads end when their work does, and nobody waits for them.
    /// </summary>
    public void Dispose() => _handle.Dispose();
}
