using System.Collections;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Management.Automation;
using OrchestrationEngine.Native;
using OrchestrationEngine.PowerShell.Output;

namespace OrchestrationEngine.PowerShell.Runspaces;

/// <summary>
/// Keeps what an attempt at a task of a run puts out in its slot, and tells the run what came of it. The slot's lock guards what
/// is kept: a worker that was given up may still put something out. The slot's input is a table, in which the block that ran the
/// attempt left the marks that are named here.
/// </summary>
internal abstract class AttemptOutput(Worker worker) : IWorkerOutput
{
    private const string ExitCode = "ExitCode";
    private const string IsRefused = "IsRefused";
    private const string EndsInError = "EndsInError";

    /// <summary>Gets a value indicating whether the run ends before its tasks are done.</summary>
    private protected abstract bool IsCancelled { get; }

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
        outcome = Judge(slot, outcome);
        var report = outcome switch
        {
            Outcome.Failed => ReportFailure(slot, MessageOf(slot)),
            Outcome.Succeeded when RunItem.From(slot.Number).Ask == RunAsk.Decide => new TaskReport { Runs = IsTrue(slot) },
            Outcome.Succeeded => ReportOutput(slot),
            _ => null,
        };
        return Tell(slot.Number, report, ref outcome) && worker.End(slot.Number, outcome);
    }

    // An item that is never ended would hold its run up for ever.
    private bool Tell(long item, TaskReport? report, ref Outcome outcome)
    {
        try
        {
            return report is null || worker.Report(item, report);
        }
        catch (EngineException problem)
        {
            outcome = Outcome.Failed;
            return worker.Report(item, new TaskReport { Error = new TaskError(problem.Message) });
        }
    }

    /// <summary>Gets the exit code that an attempt has left; null if it did not come to its end.</summary>
    internal static int? CodeOf(ItemSlot slot) =>
        ((Hashtable)slot.Input!)[ExitCode] is { } code && LanguagePrimitives.TryConvertTo<int>(
            code, CultureInfo.InvariantCulture, out var number) ? number : null;

    /// <summary>Says whether an exit code is one of success.</summary>
    private protected virtual bool IsSuccess(ItemSlot slot, int code) => code == 0;

    /// <summary>Makes the report of an attempt that has succeeded; null for none.</summary>
    private protected abstract TaskReport? ReportOutput(ItemSlot slot);

    /// <summary>Makes the report of an attempt that has failed.</summary>
    private protected virtual TaskReport ReportFailure(ItemSlot slot, string message) =>
        new() { Error = new TaskError(message), ExitCode = CodeOf(slot) };

    /// <summary>The objects that an attempt has put out.</summary>
    private protected static IEnumerable<object?> ValuesOf(ItemSlot slot) =>
        slot.Attempted.Where(put => put.Kind == OutputKind.Output).Select(put => put.Value);

    /// <summary>Gets what kept an item from being done at all; null for nothing.</summary>
    private protected virtual ErrorRecord? ProblemOf(ItemSlot slot) => null;

    private Outcome Judge(ItemSlot slot, Outcome outcome)
    {
        if (ProblemOf(slot) is { } problem)
        {
            Put(slot, OutputKind.Failure, problem);
            return Outcome.Failed;
        }

        if (outcome == Outcome.Succeeded && CodeOf(slot) is { } code && !IsSuccess(slot, code))
        {
            Put(slot, OutputKind.Failure, TaskRunErrors.ExitCode(code));
            return Outcome.Failed;
        }

        if (outcome == Outcome.Stopped && !slot.IsPrevented && WorkerSession.OfThread is { IsStopped: false } && !IsCancelled)
        {
            Put(slot, OutputKind.Failure, TaskRunErrors.StoppedItself());
            return Outcome.Failed;
        }

        return outcome == Outcome.Succeeded && IsLost(slot) ? Outcome.Failed : outcome;
    }

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
