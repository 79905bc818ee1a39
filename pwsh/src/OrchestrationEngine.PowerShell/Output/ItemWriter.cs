using System;
using System.Collections.Generic;
using System.Management.Automation;
using System.Management.Automation.Remoting.Internal;
using OrchestrationEngine.Native;

namespace OrchestrationEngine.PowerShell.Output;

/// <summary>
/// Writes what items give out to the streams of the caller, on the pipeline thread: at once, in the order of the
/// input, or as one record an item.
/// </summary>
internal sealed class ItemWriter
{
    private readonly Cmdlet _cmdlet;
    private readonly ItemTable _table;
    private readonly bool _asRecords;
    private readonly Queue<ItemSlot>? _order;
    private readonly Func<int, Outbox> _findOutbox;
    private readonly Dictionary<int, Outbox> _outboxes = [];

    internal ItemWriter(Cmdlet cmdlet, ItemTable table, Func<int, Outbox> findOutbox, bool ordered, bool asRecords)
    {
        _cmdlet = cmdlet;
        _table = table;
        _findOutbox = findOutbox;
        _asRecords = asRecords;
        _order = ordered ? new Queue<ItemSlot>() : null;
    }

    /// <summary>Gets how many items have ended so far, by status.</summary>
    internal StatusCounts Ended { get; } = new();

    /// <summary>Gets the error that ended the first item that failed.</summary>
    internal ErrorRecord? FirstFailure { get; private set; }

    /// <summary>Takes note of an item that was submitted, which decides the order.</summary>
    internal void Expect(ItemSlot slot) => _order?.Enqueue(slot);

    /// <summary>Writes, or holds back, what an event says.</summary>
    internal void Write(in ItemEvent happened)
    {
        var slot = _table[happened.Item];
        if (happened.IsEnd)
        {
            End(slot, happened);
            return;
        }

        var kind = (OutputKind)happened.Kind;
        var value = OutboxOf(happened.Worker).Take();
        if (kind == OutputKind.Failure)
        {
            FirstFailure ??= value as ErrorRecord;
        }

        if (_order is null || _order.Peek() == slot)
        {
            Write(slot, kind, value);
        }
        else
        {
            slot.Held.Enqueue((kind, value));
        }
    }

    private Outbox OutboxOf(int worker)
    {
        if (!_outboxes.TryGetValue(worker, out var outbox))
        {
            outbox = _findOutbox(worker);
            _outboxes.Add(worker, outbox);
        }

        return outbox;
    }

    private void End(ItemSlot slot, in ItemEvent happened)
    {
        var status = (ItemStatus)happened.Outcome;
        Ended.Count(status);
        slot.End = happened;
        if (_order is null)
        {
            Release(slot);
            return;
        }

        while (_order.TryPeek(out var first))
        {
            while (first.Held.TryDequeue(out var held))
            {
                Write(first, held.Kind, held.Value);
            }

            if (first.End is null)
            {
                return;
            }

            _order.Dequeue();
            Release(first);
        }
    }

    private void Release(ItemSlot slot)
    {
        var end = slot.End!.Value;
        var status = (ItemStatus)end.Outcome;
        if (_asRecords)
        {
            var (index, input, output, errors) = (slot.Index, slot.Input, slot.Output, slot.Errors);
            _table.Return(slot);
            _cmdlet.WriteObject(new ItemResult(index, input, status, output, errors, end.Duration, end.Worker));
            return;
        }

        var timedOut = status == ItemStatus.TimedOut ? Errors.ItemTimedOut(slot.Index, slot.Input, end.Duration) : null;
        _table.Return(slot);
        if (timedOut is not null)
        {
            _cmdlet.WriteError(timedOut);
        }
    }

    private void Write(ItemSlot slot, OutputKind kind, object? value)
    {
        switch (kind)
        {
            case OutputKind.Output when _asRecords:
                slot.Collect(value);
                break;
            case OutputKind.Output:
                _cmdlet.WriteObject(value, enumerateCollection: false);
                break;
            case OutputKind.Error or OutputKind.Failure:
                WriteError(slot, (ErrorRecord)value!);
                break;
            default:
                WriteRecord(value);
                break;
        }
    }

    private void WriteError(ItemSlot slot, ErrorRecord error)
    {
        Errors.NameItem(error, slot.Index);
        if (_asRecords)
        {
            slot.Collect(error);
        }
        else
        {
            WriteRecord(error);
        }
    }

    // What ForEach-Object -Parallel writes with, too: unlike WriteError it leaves id, activity and position of an error
    // as they are, and it does not ask when a preference says Inquire.
    private void WriteRecord(object? record)
    {
        var streamed = record switch
        {
            ErrorRecord error => new PSStreamObject(PSStreamObjectType.Error, error),
            WarningRecord warning => new PSStreamObject(PSStreamObjectType.Warning, warning.Message),
            VerboseRecord verbose => new PSStreamObject(PSStreamObjectType.Verbose, verbose.Message),
            DebugRecord debug => new PSStreamObject(PSStreamObjectType.Debug, debug.Message),
            InformationRecord information => new PSStreamObject(PSStreamObjectType.Information, information),
            ProgressRecord progress => new PSStreamObject(PSStreamObjectType.Progress, progress),
            _ => null,
        };
        streamed?.WriteStreamObject(_cmdlet, overrideInquire: true);
    }
}
