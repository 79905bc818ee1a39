using System.Collections;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Management.Automation;
using OrchestrationEngine.Native;
using OrchestrationEngine.PowerShell.Output;

namespace OrchestrationEngine.PowerShell.Runspaces;

/// <summary>Tells a workflow what came of attempts at its steps.</summary>
internal sealed class WorkflowOutput(WorkflowCall call, Worker worker) : AttemptOutput(worker)
{
    /// <summary>How many characters of what a step writes beside its output the engine is told.</summary>
    private const int MostText = 1 << 20;

    /// <summary>The largest kind of a failure.</summary>
    private const int MostKind = ushort.MaxValue;

    /// <inheritdoc/>
    private protected override bool IsCancelled => call.IsCancelled;

    /// <inheritdoc/>
    private protected override ErrorRecord? ProblemOf(ItemSlot slot) => slot.Error;

    /// <inheritdoc/>
    private protected override bool IsSuccess(ItemSlot slot, int code) =>
        code == 0 || IsAmong(slot, "successCodes", code) || IsAmong(slot, "rebootCodes", code);

    /// <inheritdoc/>
    private protected override TaskReport ReportOutput(ItemSlot slot)
    {
        var output = ValuesOf(slot).ToArray();
        call.KeepOutput(slot, output);
        return Report(slot, output) with { ExitCode = CodeOf(slot) };
    }

    // A retry for some exit codes only goes by the kind.
    /// <inheritdoc/>
    private protected override TaskReport ReportFailure(ItemSlot slot, string message)
    {
        var code = CodeOf(slot);
        var kind = code is null or 0 ? 0 : code is > 0 and <= MostKind ? code.Value : 1;
        return Report(slot, ValuesOf(slot).ToArray()) with { Error = new TaskError(message, kind), ExitCode = code };
    }

    private static TaskReport Report(ItemSlot slot, object?[] output)
    {
        var stored = StoredOutput.Of(output);
        return new TaskReport { Output = stored.Value, Partial = !stored.IsWhole, Streams = StreamsOf(slot) };
    }

    private static List<StreamText> StreamsOf(ItemSlot slot)
    {
        List<StreamText> streams;
        lock (slot)
        {
            streams = StoredStreams.Of(slot.Attempted);
        }

        var left = MostText;
        var fits = streams.TakeWhile(stream => (left -= stream.Text.Length) >= 0).ToList();
        if (fits.Count < streams.Count)
        {
            fits.Add(new StreamText((int)OutputKind.Warning, $"{streams.Count - fits.Count} more records are not kept."));
        }

        return fits;
    }

    private static bool IsAmong(ItemSlot slot, string codes, int code) =>
        ((Hashtable)slot.Input!)[codes] is IEnumerable list
        && list.Cast<object?>().Any(known => LanguagePrimitives.Equals(known, code, ignoreCase: true, CultureInfo.InvariantCulture));
}
