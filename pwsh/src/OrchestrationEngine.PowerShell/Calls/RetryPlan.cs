using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Linq;
using System.Management.Automation;
using OrchestrationEngine.Native;
using OrchestrationEngine.PowerShell.Output;

namespace OrchestrationEngine.PowerShell.Calls;

/// <summary>
/// The items that wait for another attempt. They hold no worker meanwhile. Used on the thread that feeds the call.
/// </summary>
internal sealed class RetryPlan(RetryOptions options, ICaller caller, IItemReceiver receiver) : IAttempts
{
    private readonly PriorityQueue<(ItemSlot Slot, ItemEvent End), long> _waiting = new();
    private bool _isGivenUp;

    /// <summary>Gets how long it is until the next item is due; zero if one is, null if none waits.</summary>
    internal TimeSpan? UntilNext
    {
        get
        {
            if (!_waiting.TryPeek(out _, out var due))
            {
                return null;
            }

            var left = due - Stopwatch.GetTimestamp();
            // Up to the next millisecond, so that a wait of this length does not end before.
            return left <= 0 ? TimeSpan.Zero : Stopwatch.GetElapsedTime(0, left) + TimeSpan.FromMilliseconds(1);
        }
    }

    /// <inheritdoc/>
    public bool TryAgain(ItemSlot slot, in ItemEvent end, ErrorRecord? failure)
    {
        var hasFailed = end.Outcome is Outcome.Failed or Outcome.TimedOut;
        if (!hasFailed || slot.Attempt > options.Count || _isGivenUp)
        {
            return false;
        }

        var error = end.Outcome == Outcome.TimedOut ? Errors.ItemTimedOut(slot.Index, slot.Input, end.Duration) : failure;
        if (!Accepts(slot, error))
        {
            return false;
        }

        var delay = options.DelayAfter(slot.Attempt);
        receiver.Receive(slot, OutputKind.Verbose, new VerboseRecord(
            $"Item {slot.Index} failed at attempt {slot.Attempt} of {options.Count + 1}: {error?.Exception.Message} "
                + $"The next attempt is in {delay.TotalSeconds:0.###} s."));
        _waiting.Enqueue((slot, end), Stopwatch.GetTimestamp() + (long)(delay.TotalSeconds * Stopwatch.Frequency));
        return true;
    }

    /// <summary>Looks at the item that is due first, if one is due.</summary>
    internal ItemSlot? PeekDue() =>
        _waiting.TryPeek(out var next, out var due) && due <= Stopwatch.GetTimestamp() ? next.Slot : null;

    /// <summary>Takes the item that <see cref="PeekDue"/> gave out of the plan: its next attempt begins.</summary>
    internal void StartDue() => _waiting.Dequeue().Slot.ForgetAttempt();

    /// <summary>Empties the plan for good: no attempt will be made any more.</summary>
    /// <returns>The items with the ends of their last attempts, in the order of the input.</returns>
    internal IReadOnlyList<(ItemSlot Slot, ItemEvent End)> GiveUp()
    {
        var rest = _waiting.UnorderedItems.Select(entry => entry.Element).OrderBy(entry => entry.Slot.Index).ToList();
        _waiting.Clear();
        _isGivenUp = true;
        return rest;
    }

    private bool Accepts(ItemSlot slot, ErrorRecord? error)
    {
        if (options.Filter is not { } filter)
        {
            return true;
        }

        try
        {
            return LanguagePrimitives.IsTrue(caller.Invoke(filter, error));
        }
        catch (RuntimeException problem) when (problem is not PipelineStoppedException)
        {
            receiver.Report(RetryErrors.FilterFailed(slot.Index, problem));
            return false;
        }
    }
}
