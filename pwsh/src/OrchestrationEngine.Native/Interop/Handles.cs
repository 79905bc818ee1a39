using Microsoft.Win32.SafeHandles;

namespace OrchestrationEngine.Native.Interop;

// A SafeHandle keeps its object alive during each call, so an object that is
// disposed while another thread calls is freed after that call.

internal sealed class PoolHandle : SafeHandleZeroOrMinusOneIsInvalid
{
    internal PoolHandle(nint pool)
        : base(ownsHandle: true) => SetHandle(pool);

    protected override bool ReleaseHandle()
    {
        NativeMethods.oe_pool_free(handle);
        return true;
    }
}

internal sealed class QueueHandle : SafeHandleZeroOrMinusOneIsInvalid
{
    internal QueueHandle(nint queue)
        : base(ownsHandle: true) => SetHandle(queue);

    protected override bool ReleaseHandle()
    {
        NativeMethods.oe_queue_free(handle);
        return true;
    }
}

internal sealed class RunHandle : SafeHandleZeroOrMinusOneIsInvalid
{
    internal RunHandle(nint run)
        : base(ownsHandle: true) => SetHandle(run);

    protected override bool ReleaseHandle()
    {
        NativeMethods.oe_run_free(handle);
        return true;
    }
}

internal sealed class BatchHandle : SafeHandleZeroOrMinusOneIsInvalid
{
    internal BatchHandle(nint batch)
        : base(ownsHandle: true) => SetHandle(batch);

    protected override bool ReleaseHandle()
    {
        NativeMethods.oe_batch_free(handle);
        return true;
    }
}

internal sealed class WorkflowHandle : SafeHandleZeroOrMinusOneIsInvalid
{
    internal WorkflowHandle(nint workflow)
        : base(ownsHandle: true) => SetHandle(workflow);

    protected override bool ReleaseHandle()
    {
        NativeMethods.oe_workflow_free(handle);
        return true;
    }
}
