using System.Collections.Generic;
using System.Linq;
using OrchestrationEngine.Native;
using OrchestrationEngine.PowerShell.Output;

namespace OrchestrationEngine.PowerShell.Runspaces;

/// <summary>Tells a run of tasks what came of its attempts.</summary>
internal sealed class TaskOutput(TaskCall call, Worker worker) : AttemptOutput(worker)
{
    /// <inheritdoc/>
    private protected override bool IsCancelled => call.IsCancelled;

    // What is not kept is not made JSON of, either: later tasks find the objects themselves.
    /// <inheritdoc/>
    private protected override TaskReport? ReportOutput(ItemSlot slot)
    {
        var output = ValuesOf(slot).ToArray();
        call.KeepOutput(slot.Index, output);
        if (!call.IsKept)
        {
            return null;
        }

        var stored = StoredOutput.Of(output);
        return new TaskReport
        {
            Output = stored.Value,
            Partial = !stored.IsWhole,
            ExitCode = CodeOf(slot),
            Streams = call.RemembersStreamsOf(slot.Index) ? StreamsOf(slot) : null,
        };
    }

    private static List<StreamText> StreamsOf(ItemSlot slot)
    {
        lock (slot)
        {
            return StoredStreams.Of(slot.Attempted);
        }
    }
}
