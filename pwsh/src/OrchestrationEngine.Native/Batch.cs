using System;
using System.Text;
using OrchestrationEngine.Native.Interop;

namespace OrchestrationEngine.Native;

/// <summary>Tasks that were submitted together as JSON and run without a host. May be used from any thread.</summary>
public sealed class Batch : IDisposable
{
    private readonly BatchHandle _handle;

    private Batch(BatchHandle handle) => _handle = handle;

    /// <summary>Submits tasks; they start at once.</summary>
    /// <param name="json">The tasks, as the C header documents them at <c>oe_batch_submit</c>.</param>
    /// <returns>The batch; disposing it cancels what is not done.</returns>
    /// <exception cref="EngineException">The text is not such JSON; the message has line and column.</exception>
    public static Batch Submit(string json)
    {
        ArgumentNullException.ThrowIfNull(json);
        NativeLibraryLoader.ThrowIfUnusable();
        HostEnvironment.Tell();
        var bytes = Encoding.UTF8.GetBytes(json);
        EngineException.ThrowUnlessOk(NativeMethods.oe_batch_submit(bytes, (nuint)bytes.Length, out var batch));
        return new Batch(new BatchHandle(batch));
    }

    /// <summary>Reports the state of the batch and what happened after a cursor.</summary>
    /// <param name="cursor">0 at first, then the <c>cursor</c> of the last report.</param>
    /// <param name="limit">How long to wait for a further event, unless the batch has ended.</param>
    /// <returns>The report as JSON, as the C header documents it at <c>oe_batch_poll</c>.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The cursor or the limit is negative.</exception>
    public string Poll(long cursor, TimeSpan limit)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(cursor);
        EngineException.ThrowUnlessOk(
            NativeMethods.oe_batch_poll(_handle, (ulong)cursor, Limits.ForWait(limit), out var report));
        return NativeText.Take(report);
    }

    /// <summary>Stops what runs and drops what waits, without waiting for it.</summary>
    public void Cancel() => EngineException.ThrowUnlessOk(NativeMethods.oe_batch_cancel(_handle));

    /// <summary>
    /// Frees the batch; what still runs is killed at once. A thread that polls it meanwhile holds that up until the
    /// cancelled programs have ended or their grace is over.
    /// </summary>
    public void Dispose()
    {
        if (!_handle.IsClosed)
        {
            CancelUnlessDisposed();
        }

        _handle.Dispose();
    }

    // A thread inside a poll keeps the batch from being freed, so what ends its wait has to come first.
    private void CancelUnlessDisposed()
    {
        try
        {
            _ = NativeMethods.oe_batch_cancel(_handle);
        }
        catch (ObjectDisposedException)
        {
            // Another thread was faster.
        }
    }
}
