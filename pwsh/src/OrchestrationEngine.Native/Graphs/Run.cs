using System;
using System.Text;
using System.Text.Json;
using OrchestrationEngine.Native.Interop;

namespace OrchestrationEngine.Native;

/// <summary>
/// A graph of tasks that runs in the background, on the workers of a pool and as programs. May be used from any thread.
/// </summary>
public sealed class Run : IDisposable
{
    private readonly RunHandle _handle;

    private Run(RunHandle handle) => _handle = handle;

    /// <summary>Begins a run without workers: all of its tasks are programs.</summary>
    /// <param name="json">The tasks, as the C header documents them at <c>oe_run_start</c>.</param>
    /// <returns>The run; disposing it cancels what is not done.</returns>
    /// <exception cref="EngineException">
    /// The text is not such JSON (the message has line and column), the tasks are no graph that could be run, or a task
    /// is none for programs.
    /// </exception>
    public static Run Start(string json)
    {
        NativeLibraryLoader.ThrowIfUnusable();

        // NULL to the engine.
        using var none = new PoolHandle(0);
        return Start(none, 0, json);
    }

    /// <summary>Begins a run without workers: all of its tasks are programs.</summary>
    /// <param name="graph">The tasks.</param>
    /// <returns>The run; disposing it cancels what is not done.</returns>
    /// <exception cref="EngineException">The tasks are no graph that could be run, or one is none for programs.</exception>
    public static Run Start(Graph graph)
    {
        ArgumentNullException.ThrowIfNull(graph);
        return Start(graph.ToJson());
    }

    /// <summary>Reports the state of the run and what happened after a cursor.</summary>
    /// <param name="cursor">0 at first, then the <see cref="RunReport.Cursor"/> of the last report.</param>
    /// <param name="limit">How long to wait for a further event, unless the run has ended.</param>
    /// <returns>The report.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The cursor or the limit is negative.</exception>
    public RunReport GetReport(long cursor, TimeSpan limit) =>
        JsonSerializer.Deserialize(Poll(cursor, limit), RunJson.Default.RunReport)!;

    /// <summary>Reports the state of the run and what happened after a cursor.</summary>
    /// <param name="cursor">0 at first, then the <c>cursor</c> of the last report.</param>
    /// <param name="limit">How long to wait for a further event, unless the run has ended.</param>
    /// <returns>The report as JSON, as the C header documents it at <c>oe_run_poll</c>.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The cursor or the limit is negative.</exception>
    public string Poll(long cursor, TimeSpan limit)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(cursor);
        EngineException.ThrowUnlessOk(
            NativeMethods.oe_run_poll(_handle, (ulong)cursor, Limits.ForWait(limit), out var report));
        return NativeText.Take(report);
    }

    /// <summary>
    /// Tells how a task ended. What a task waits for has ended when it starts, so its worker can read here what came of
    /// that.
    /// </summary>
    /// <param name="task">The number of the task, as an item or a report has it.</param>
    /// <returns>
    /// The event of its end as JSON, as in a report; null if it has not ended, or there is none with this number.
    /// </returns>
    public string? EndOf(int task)
    {
        var status = NativeMethods.oe_run_get_end(_handle, (uint)task, out var end);
        if (status == EngineStatus.Timeout)
        {
            return null;
        }

        EngineException.ThrowUnlessOk(status);
        return NativeText.Take(end);
    }

    /// <summary>Tells how a task ended, as <see cref="EndOf"/> does.</summary>
    /// <param name="task">The number of the task, as an item or a report has it.</param>
    /// <returns>The event of its end; null if it has not ended, or there is none with this number.</returns>
    public RunEvent? GetEnd(int task) =>
        EndOf(task) is { } end ? JsonSerializer.Deserialize(end, RunJson.Default.RunEvent) : null;

    /// <summary>
    /// Stops what runs and drops what waits, but for tasks that run at the end in any case, without waiting for it.
    /// </summary>
    public void Cancel() => EngineException.ThrowUnlessOk(NativeMethods.oe_run_cancel(_handle));

    /// <summary>
    /// Frees the run; programs that still run are killed at once, and workers are told to stop. A thread that polls it
    /// meanwhile holds that up until the run, which is cancelled, has ended.
    /// </summary>
    public void Dispose()
    {
        if (!_handle.IsClosed)
        {
            CancelUnlessDisposed();
        }

        _handle.Dispose();
    }

    internal static Run Start(PoolHandle pool, long tag, string json)
    {
        ArgumentNullException.ThrowIfNull(json);
        HostEnvironment.Tell();
        var bytes = Encoding.UTF8.GetBytes(json);
        EngineException.ThrowUnlessOk(
            NativeMethods.oe_run_start(pool, tag, bytes, (nuint)bytes.Length, out var run));
        return new Run(new RunHandle(run));
    }

    // A thread inside a poll keeps the run from being freed, so what ends its wait has to come first.
    private void CancelUnlessDisposed()
    {
        try
        {
            _ = NativeMethods.oe_run_cancel(_handle);
        }
        catch (ObjectDisposedException)
        {
            // Another thread was faster.
        }
    }
}
