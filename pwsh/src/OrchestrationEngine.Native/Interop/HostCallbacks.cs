using System;
using System.Runtime.InteropServices;

namespace OrchestrationEngine.Native.Interop;

/// <summary>The functions that a pool calls, and the object that they find through the context pointer.</summary>
internal static unsafe class HostCallbacks
{
    // The handle keeps the host alive until the pool's last thread has ended.
    internal static NativePoolHost Create(IWorkerHost host) => new()
    {
        Context = (void*)GCHandle.ToIntPtr(GCHandle.Alloc(host)),
        WorkerMain = &WorkerMain,
        ControlMain = &ControlMain,
        Release = &Release,
    };

    // For a pool that could not be made, which releases nothing.
    internal static void Discard(NativePoolHost host) => Free(host.Context);

    [UnmanagedCallersOnly]
    private static void WorkerMain(void* context, nint worker)
    {
        var host = Find(context);
        try
        {
            using var lent = new Worker(worker);
            host.Work(lent);
        }
        catch (Exception error)
        {
            // No exception may cross into native code.
            Report(host, error);
        }
    }

    [UnmanagedCallersOnly]
    private static void ControlMain(void* context, nint control)
    {
        var host = Find(context);
        while (NativeMethods.oe_control_next(control, out var stop) == EngineStatus.Ok)
        {
            try
            {
                host.StopWork(new StopRequest((int)stop.Worker, (long)stop.Attachment));
            }
            catch (Exception error)
            {
                Report(host, error);
            }
        }
    }

    private static void Report(IWorkerHost host, Exception error)
    {
        try
        {
            host.ReportFailure(error);
        }
        catch (Exception)
        {
            // The host cannot even be told; its items still end, as failed.
        }
    }

    [UnmanagedCallersOnly]
    private static void Release(void* context) => Free(context);

    private static void Free(void* context) => GCHandle.FromIntPtr((nint)context).Free();

    private static IWorkerHost Find(void* context) =>
        (IWorkerHost)GCHandle.FromIntPtr((nint)context).Target!;
}
