using System;
using System.Text;
using System.Text.Json;
using OrchestrationEngine.Native.Interop;

namespace OrchestrationEngine.Native;

/// <summary>
/// A playbook that runs in the background, on the workers of a pool and as programs. May be used from any thread, but only one
/// at a time may wait for its news.
/// </summary>
public sealed class Workflow : IDisposable
{
    private readonly WorkflowHandle _handle;

    private Workflow(WorkflowHandle handle) => _handle = handle;

    /// <summary>Begins a workflow without workers: its steps for PowerShell run in processes.</summary>
    /// <param name="json">The playbook and what it is told, as the C header documents it at <c>oe_workflow_start</c>.</param>
    /// <returns>The workflow; disposing it cancels what is not done.</returns>
    /// <exception cref="EngineException">
    /// The playbook cannot be used: its message has all errors, one a line, with file, line and column.
    /// </exception>
    public static Workflow Start(string json)
    {
        NativeLibraryLoader.ThrowIfUnusable();

        // NULL to the engine.
        using var none = new PoolHandle(0);
        return Start(none, 0, json);
    }

    /// <summary>Says how it stands and what is new; each is told once.</summary>
    /// <param name="limit">How long to wait for news.</param>
    /// <returns>The report; once it has an outcome, nothing more comes.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The limit is negative.</exception>
    public WorkflowReport GetReport(TimeSpan limit) =>
        JsonSerializer.Deserialize(Poll(limit), WorkflowJson.Default.WorkflowReport)!;

    /// <summary>Says how it stands and what is new; each is told once.</summary>
    /// <param name="limit">How long to wait for news.</param>
    /// <returns>The report as JSON, as the C header documents it at <c>oe_workflow_poll</c>.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The limit is negative.</exception>
    public string Poll(TimeSpan limit)
    {
        EngineException.ThrowUnlessOk(NativeMethods.oe_workflow_poll(_handle, Limits.ForWait(limit), out var report));
        return NativeText.Take(report);
    }

    /// <summary>Says everything about something that a worker is to do. Called by the worker that has the item.</summary>
    /// <param name="item">The item, as <see cref="Worker.Next(out long)"/> gave it.</param>
    /// <returns>The order as JSON, as the C header documents it at <c>oe_workflow_order</c>.</returns>
    /// <exception cref="EngineException">The item is none of the workflow's that runs now.</exception>
    public string Order(long item)
    {
        EngineException.ThrowUnlessOk(NativeMethods.oe_workflow_order(_handle, item, out var order));
        return NativeText.Take(order);
    }

    /// <summary>Masks the values of the workflow's secrets in a text, in all forms that the engine masks itself.</summary>
    /// <param name="text">The text.</param>
    /// <returns>The text without secrets.</returns>
    public string Mask(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var bytes = Encoding.UTF8.GetBytes(text);
        EngineException.ThrowUnlessOk(
            NativeMethods.oe_workflow_mask(_handle, bytes, (nuint)bytes.Length, out var masked));
        return NativeText.Take(masked);
    }

    /// <summary>
    /// Stops what runs and drops what waits, but for steps that run at the end in any case, without waiting for it.
    /// </summary>
    public void Cancel() => EngineException.ThrowUnlessOk(NativeMethods.oe_workflow_cancel(_handle));

    /// <summary>Frees the workflow; programs that still run are killed at once, and workers are told to stop.</summary>
    public void Dispose()
    {
        if (!_handle.IsClosed)
        {
            CancelUnlessDisposed();
        }

        _handle.Dispose();
    }

    internal static Workflow Start(PoolHandle pool, long tag, string json)
    {
        ArgumentNullException.ThrowIfNull(json);
        HostEnvironment.Tell();
        var bytes = Encoding.UTF8.GetBytes(json);
        EngineException.ThrowUnlessOk(
            NativeMethods.oe_workflow_start(pool, tag, bytes, (nuint)bytes.Length, out var workflow));
        return new Workflow(new WorkflowHandle(workflow));
    }

    // A thread inside a poll keeps the workflow from being freed, so what ends its wait has to come first.
    private void CancelUnlessDisposed()
    {
        try
        {
            _ = NativeMethods.oe_workflow_cancel(_handle);
        }
        catch (ObjectDisposedException)
        {
            // Another thread was faster.
        }
    }
}
