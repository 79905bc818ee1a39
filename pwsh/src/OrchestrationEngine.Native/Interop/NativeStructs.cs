using System.Runtime.InteropServices;

namespace OrchestrationEngine.Native.Interop;

// The structs of include/orchestration_engine.h, field by field.

[StructLayout(LayoutKind.Sequential)]
internal unsafe struct NativePoolHost
{
    internal void* Context;
    internal delegate* unmanaged<void*, nint, void> WorkerMain;
    internal delegate* unmanaged<void*, nint, void> ControlMain;
    internal delegate* unmanaged<void*, void> Release;
}

[StructLayout(LayoutKind.Sequential)]
internal struct NativePoolOptions
{
    internal uint IdleTimeoutMilliseconds;
    internal uint StartLimit;
}

[StructLayout(LayoutKind.Sequential)]
internal struct NativeQueueOptions
{
    internal ulong Tag;
    internal ulong ItemTimeoutMilliseconds;
    internal ulong TimeoutMilliseconds;
    internal uint StopGraceMilliseconds;
    internal uint WorkerLimit;
    internal uint InputCapacity;
    internal uint OutputCapacity;
}

[StructLayout(LayoutKind.Sequential)]
internal struct NativeItemCounters
{
    internal ulong Submitted;
    internal ulong Queued;
    internal ulong Running;
    internal ulong Succeeded;
    internal ulong Failed;
    internal ulong TimedOut;
    internal ulong Stopped;
    internal ulong Late;
    internal ulong Waits;
}

[StructLayout(LayoutKind.Sequential)]
internal struct NativePoolCounters
{
    internal ulong Workers;
    internal ulong Idle;
    internal ulong ThreadsStarted;
    internal ulong Abandoned;
    internal ulong OpenQueues;
    internal NativeItemCounters Items;
}

[StructLayout(LayoutKind.Sequential)]
internal struct NativeWorkerInfo
{
    internal ulong AgeMilliseconds;
    internal ulong Attachment;
    internal uint Id;
}

[StructLayout(LayoutKind.Sequential)]
internal struct NativeAttachment
{
    internal ulong Tag;
    internal ulong Attachment;
}

[StructLayout(LayoutKind.Sequential)]
internal struct NativeStop
{
    internal ulong Attachment;
    internal uint Worker;
}
