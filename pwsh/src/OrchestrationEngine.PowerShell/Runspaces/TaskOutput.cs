using System;
using System.Collections;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Management.Automation;
using OrchestrationEngine.Native;
using OrchestrationEngine.PowerShell.Output;

namespace OrchestrationEngine.PowerShell.Runspaces;

/// <summary>
/// Keeps what an attempt at a task puts out in its slot, and tells the run what came of it. The slot's lock guards what
/// is kept: a worker that was given up may still put something out.
/// </summary>
internal sealed class TaskOutput(TaskCall call, Worker worker) : IWorkerOutput
{
    private const string ExitCode = "ExitCode";
    private const string IsRefused = "IsRefused";
    private const string EndsInError = "EndsInError";

    /// <inheritdoc/>
    public bool Put(ItemSlot slot, OutputKind kind, object? value)
    {
        lock (slot)
        {
            slot.Attempted.Add((kind, value));
        }

        return true;
    }

    /// <inheritdoc/>
    public Outcome OutcomeOf(ItemSlot slot, FlowControlException left)
    {
        if (left is ExitException exit)
        {
            ((Hashtable)slot.Input!)[ExitCode] = exit.Argument;
        }

        return Outcome.Succeeded;
    }

    /// <inheritdoc/>
    public bool End(ItemSlot slot, Outcome outcome)
    {
        var ask = RunItem.From(slot.Number).Ask;
        if (outcome == Outcome.Succeeded && CodeOf(slot) is { } code && code != 0)
        {
            Put(slot, OutputKind.Failure, TaskRunErrors.ExitCode(code));
            outcome = Outcome.Failed;
        }

        if (outcome == Outcome.Stopped && !slot.IsPrevented && WorkerSession.OfThread is { IsStopped: false } && !call.IsCancelled)
        {
            Put(slot, OutputKind.Failure, TaskRunErrors.StoppedItself());
            outcome = Outcome.Failed;
        }

        if (outcome == Outcome.Succeeded && IsLost(slot))
        {
            outcome = Outcome.Failed;
        }

        var report = outcome switch
        {
            Outcome.Failed => new TaskReport { Error = new TaskError(MessageOf(slot)), ExitCode = CodeOf(slot) },
            Outcome.Succeeded when ask == RunAsk.Decide => new TaskReport { Runs = IsTrue(slot) },
            Outcome.Succeeded => ReportOutput(slot),
            _ => null,
        };
        return (report is null || worker.Report(slot.Number, report)) && worker.End(slot.Number, outcome);
    }

    /// <summary>Gets the exit code that an attempt has left; null if it did not come to its end.</summary>
    internal static int? CodeOf(ItemSlot slot) =>
        ((Hashtable)slot.Input!)[ExitCode] is { } code && LanguagePrimitives.TryConvertTo<int>(
            code, CultureInfo.InvariantCulture, out var number) ? number : null;

    // What is not kept is not made JSON of, either: later tasks find the objects themselves.
    private TaskReport? ReportOutput(ItemSlot slot)
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

    private static IEnumerable<object?> ValuesOf(ItemSlot slot) =>
        slot.Attempted.Where(put => put.Kind == OutputKind.Output).Select(put => put.Value);

    // PowerShell only writes an error behind what it cannot call, and goes on; here that error is why the task failed, and
    // so is the one that a command ended with, if it was not to be silent.
    private static bool IsLost(ItemSlot slot)
    {
        var marks = (Hashtable)slot.Input!;
        var isRefused = marks[IsRefused] is true;
        if (!isRefused && marks[EndsInError] is not true)
        {
            return false;
        }

        lock (slot)
        {
            var last = slot.Attempted.FindLastIndex(put => put.Kind == OutputKind.Error);
            if (last < 0)
            {
                return isRefused;
            }

            slot.Attempted[last] = (OutputKind.Failure, slot.Attempted[last].Value);
        }

        marks.Remove(ExitCode);
        return true;
    }

    private static bool IsTrue(ItemSlot slot) => LanguagePrimitives.IsTrue(ValuesOf(slot).ToList());

    private static string MessageOf(ItemSlot slot) =>
        slot.Attempted.FindLast(put => put.Kind == OutputKind.Failure).Value is ErrorRecord error
            ? error.Exception.Message
            : "The task failed without saying why.";
}
