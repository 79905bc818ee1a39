using System;
using System.Runtime.InteropServices;

namespace OrchestrationEngine.Native.Interop;

// The functions of include/orchestration_engine.h. Handles that this process
// owns are SafeHandles; workers and the control thread belong to the pool and
// are plain pointers, valid inside its callbacks only.
internal static partial class NativeMethods
{
    internal const string Library = "orchestration_engine";

    static NativeMethods() => NativeLibraryLoader.Register();

    // Without SuppressGCTransition, which would bind the function when its caller is compiled: a missing library
    // would then throw before any handler of that caller is in force.
    [LibraryImport(Library)]
    internal static partial uint oe_abi_version();

    // Nobody calls it: messages come from oe_last_error. The declarations are compared with the whole header.
    [LibraryImport(Library)]
    internal static partial nint oe_status_text(uint status);

    [LibraryImport(Library)]
    internal static partial EngineStatus oe_last_error(Span<byte> buffer, nuint capacity, out nuint length);

    [LibraryImport(Library)]
    internal static partial EngineStatus oe_pool_new(
        in NativePoolHost host, in NativePoolOptions options, out nint pool);

    [LibraryImport(Library)]
    internal static partial void oe_pool_free(nint pool);

    [LibraryImport(Library)]
    internal static partial EngineStatus oe_pool_get_counters(PoolHandle pool, out NativePoolCounters counters);

    [LibraryImport(Library)]
    internal static partial EngineStatus oe_pool_get_workers(
        PoolHandle pool, Span<NativeWorkerInfo> workers, nuint capacity, out nuint count);

    [LibraryImport(Library)]
    internal static partial EngineStatus oe_pool_trim(PoolHandle pool);

    [LibraryImport(Library)]
    internal static partial EngineStatus oe_queue_new(
        PoolHandle pool, in NativeQueueOptions options, out nint queue);

    [LibraryImport(Library)]
    internal static partial void oe_queue_free(nint queue);

    [LibraryImport(Library)]
    internal static partial EngineStatus oe_queue_submit(
        QueueHandle queue, ReadOnlySpan<long> items, nuint count, out nuint accepted);

    [LibraryImport(Library)]
    internal static partial EngineStatus oe_queue_close(QueueHandle queue);

    [LibraryImport(Library)]
    internal static partial EngineStatus oe_queue_cancel(QueueHandle queue, uint reason);

    [LibraryImport(Library)]
    internal static partial EngineStatus oe_queue_set_worker_limit(QueueHandle queue, uint limit);

    [LibraryImport(Library)]
    internal static partial EngineStatus oe_queue_get_cancel_reason(QueueHandle queue, out uint reason);

    [LibraryImport(Library)]
    internal static partial EngineStatus oe_queue_wait(QueueHandle queue, byte wantRoom, uint limitMilliseconds);

    [LibraryImport(Library)]
    internal static partial EngineStatus oe_queue_take(
        QueueHandle queue, Span<ItemEvent> events, nuint capacity, out nuint count);

    [LibraryImport(Library)]
    internal static partial EngineStatus oe_queue_get_counters(QueueHandle queue, out NativeItemCounters counters);

    [LibraryImport(Library)]
    internal static partial EngineStatus oe_worker_get_id(nint worker, out uint id);

    [LibraryImport(Library)]
    internal static partial EngineStatus oe_worker_attach(nint worker, out NativeAttachment attachment);

    [LibraryImport(Library)]
    internal static partial EngineStatus oe_worker_next(
        nint worker, Span<long> items, nuint capacity, out nuint count, uint limitMilliseconds);

    [LibraryImport(Library)]
    internal static partial EngineStatus oe_worker_start(nint worker, long item);

    [LibraryImport(Library)]
    internal static partial EngineStatus oe_worker_emit(nint worker, long item, ushort kind);

    [LibraryImport(Library)]
    internal static partial EngineStatus oe_worker_report(
        nint worker, long item, ReadOnlySpan<byte> json, nuint length);

    [LibraryImport(Library)]
    internal static partial EngineStatus oe_worker_end(nint worker, long item, uint outcome);

    [LibraryImport(Library)]
    internal static partial EngineStatus oe_worker_end_all(
        nint worker, ReadOnlySpan<long> items, nuint count, uint outcome);

    [LibraryImport(Library)]
    internal static partial EngineStatus oe_worker_give_back(nint worker, ReadOnlySpan<long> items, nuint count);

    [LibraryImport(Library)]
    internal static partial EngineStatus oe_worker_detach(nint worker);

    [LibraryImport(Library)]
    internal static partial EngineStatus oe_control_next(nint control, out NativeStop stop);

    [LibraryImport(Library)]
    internal static partial EngineStatus oe_batch_submit(ReadOnlySpan<byte> json, nuint length, out nint batch);

    [LibraryImport(Library)]
    internal static partial EngineStatus oe_batch_poll(
        BatchHandle batch, ulong cursor, uint limitMilliseconds, out nint report);

    [LibraryImport(Library)]
    internal static partial EngineStatus oe_batch_cancel(BatchHandle batch);

    [LibraryImport(Library)]
    internal static partial void oe_batch_free(nint batch);

    [LibraryImport(Library)]
    internal static partial EngineStatus oe_run_start(
        PoolHandle pool, long tag, ReadOnlySpan<byte> json, nuint length, out nint run);

    [LibraryImport(Library)]
    internal static partial EngineStatus oe_run_poll(
        RunHandle run, ulong cursor, uint limitMilliseconds, out nint report);

    [LibraryImport(Library)]
    internal static partial EngineStatus oe_run_get_end(RunHandle run, uint task, out nint end);

    [LibraryImport(Library)]
    internal static partial EngineStatus oe_run_cancel(RunHandle run);

    [LibraryImport(Library)]
    internal static partial void oe_run_free(nint run);

    [LibraryImport(Library)]
    internal static partial EngineStatus oe_workflow_start(
        PoolHandle pool, long tag, ReadOnlySpan<byte> json, nuint length, out nint workflow);

    [LibraryImport(Library)]
    internal static partial EngineStatus oe_workflow_poll(WorkflowHandle workflow, uint limitMilliseconds, out nint report);

    [LibraryImport(Library)]
    internal static partial EngineStatus oe_workflow_order(WorkflowHandle workflow, long item, out nint order);

    [LibraryImport(Library)]
    internal static partial EngineStatus oe_workflow_mask(
        WorkflowHandle workflow, ReadOnlySpan<byte> text, nuint length, out nint masked);

    [LibraryImport(Library)]
    internal static partial EngineStatus oe_workflow_cancel(WorkflowHandle workflow);

    [LibraryImport(Library)]
    internal static partial void oe_workflow_free(nint workflow);

    [LibraryImport(Library)]
    internal static partial EngineStatus oe_store_ask(ReadOnlySpan<byte> json, nuint length, out nint answer);

    [LibraryImport(Library)]
    internal static partial EngineStatus oe_environment_set(ReadOnlySpan<byte> json, nuint length);

    [LibraryImport(Library)]
    internal static partial EngineStatus oe_playbook_ask(ReadOnlySpan<byte> json, nuint length, out nint answer);

    [LibraryImport(Library)]
    internal static partial EngineStatus oe_report_draw(ReadOnlySpan<byte> json, nuint length, out nint drawing);

    [LibraryImport(Library)]
    internal static partial EngineStatus oe_text_view(nint text, out nint bytes, out nuint length);

    [LibraryImport(Library)]
    internal static partial void oe_text_free(nint text);
}
