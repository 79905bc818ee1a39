using System;
using Microsoft.Win32.SafeHandles;

namespace OrchestrationEngine.Native.Interop;

/// <summary>
/// An object of the engine. It is kept during each call, so one that is disposed while another thread calls is freed after
/// that call.
/// </summary>
internal abstract class NativeHandle : SafeHandleZeroOrMinusOneIsInvalid
{
    private readonly Action<nint> _free;

    /// <summary>Initializes a new instance of the <see cref="NativeHandle"/> class.</summary>
    /// <param name="value">The pointer; owned from here on.</param>
    /// <param name="free">What frees it; called once, on any thread.</param>
    private protected NativeHandle(nint value, Action<nint> free)
        : base(ownsHandle: true)
    {
        _free = free;
        SetHandle(value);
    }

    /// <inheritdoc/>
    protected override bool ReleaseHandle()
    {
        _free(handle);
        return true;
    }
}

internal sealed class PoolHandle(nint pool) : NativeHandle(pool, NativeMethods.oe_pool_free);

internal sealed class QueueHandle(nint queue) : NativeHandle(queue, NativeMethods.oe_queue_free);

internal sealed class RunHandle(nint run) : NativeHandle(run, NativeMethods.oe_run_free);

internal sealed class BatchHandle(nint batch) : NativeHandle(batch, NativeMethods.oe_batch_free);

internal sealed class WorkflowHandle(nint workflow) : NativeHandle(workflow, NativeMethods.oe_workflow_free);
