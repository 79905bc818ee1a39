using System;
using System.Collections.Generic;

namespace OrchestrationEngine.Native;

/// <summary>One input on its way, and what came of it.</summary>
internal sealed class ItemSlot<TInput, TOutput>
{
    // Written by the enumerating thread before the item is submitted.
    internal long Item;
    internal long Index;
    internal TInput Input = default!;

    // Written by the worker before it ends the item.
    internal TOutput? Output;
    internal Exception? Error;

    // Written by the enumerating thread when the item has ended.
    internal bool HasEnded;
    internal Outcome Outcome;
    internal TimeSpan Duration;
    internal int Worker;
}

/// <summary>
/// The inputs between reading and taking, in slots that are used again. All members belong to the enumerating thread,
/// but for <see cref="Find"/>.
/// </summary>
internal sealed class ItemSlots<TInput, TOutput>(int capacity, bool ordered)
{
    private readonly ItemSlot<TInput, TOutput>?[] _slots = new ItemSlot<TInput, TOutput>?[capacity];
    private readonly Queue<int> _free = new();

    // The results in the order in which they are taken; the first waits until it has ended.
    private readonly Queue<ItemSlot<TInput, TOutput>> _line = new();
    private int _used;
    private long _nextIndex;

    /// <summary>Sets what a worker failed with outside of the work; any thread may.</summary>
    internal Exception? WorkerFailure { private get; set; }

    internal bool HasRoom => _free.Count > 0 || _used < capacity;

    internal bool IsEmpty => _line.Count == 0;

    /// <summary>Lays an input into a free slot.</summary>
    /// <returns>The item's id. None comes twice, since an abandoned worker may come back to its own late.</returns>
    internal long Add(TInput input)
    {
        var place = _free.TryDequeue(out var freed) ? freed : _used++;
        var slot = _slots[place] ??= new ItemSlot<TInput, TOutput>();
        slot.Index = _nextIndex++;
        slot.Item = (slot.Index * capacity) + place;
        slot.Input = input;
        if (ordered)
        {
            _line.Enqueue(slot);
        }

        return slot.Item;
    }

    /// <summary>Finds the slot of an item, for the worker that was given it; null if it has ended.</summary>
    internal ItemSlot<TInput, TOutput>? Find(long item)
    {
        var slot = _slots[item % capacity];
        return slot?.Item == item ? slot : null;
    }

    /// <summary>Notes how an item ended.</summary>
    internal void End(long item, Outcome outcome, TimeSpan duration, int worker)
    {
        var slot = _slots[item % capacity]!;
        slot.Outcome = outcome;
        slot.Duration = duration;
        slot.Worker = worker;
        slot.HasEnded = true;
        if (!ordered)
        {
            _line.Enqueue(slot);
        }
    }

    /// <summary>Takes the next result, if it is there, and frees its slot.</summary>
    internal bool TryTake(out ItemResult<TInput, TOutput> result)
    {
        if (!_line.TryPeek(out var slot) || !slot.HasEnded)
        {
            result = default;
            return false;
        }

        _line.Dequeue();
        var output = slot.Outcome == Outcome.Succeeded ? slot.Output : default;
        var error = slot.Outcome == Outcome.Failed ? slot.Error ?? WorkerFailure : slot.Error;
        result = new(slot.Index, slot.Input, slot.Outcome, output, error, slot.Duration, slot.Worker);
        Release(slot);
        return true;
    }

    private void Release(ItemSlot<TInput, TOutput> slot)
    {
        var place = (int)(slot.Item % capacity);
        if (slot.Outcome is Outcome.Succeeded or Outcome.Failed)
        {
            slot.Input = default!;
            slot.Output = default;
            slot.Error = null;
            slot.HasEnded = false;
        }
        else
        {
            // An abandoned worker may still write into it.
            _slots[place] = null;
        }

        _free.Enqueue(place);
    }
}
