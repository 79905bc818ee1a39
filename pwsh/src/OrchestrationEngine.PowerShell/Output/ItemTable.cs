using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Threading;

namespace OrchestrationEngine.PowerShell.Output;

/// <summary>
/// The items of a call that are on their way. Slots are rented and returned on the pipeline thread only; workers look
/// them up by number. Items of a worker's own making have negative numbers, and are added on any thread.
/// </summary>
internal sealed class ItemTable
{
    private readonly ItemSlot?[] _slots;
    private readonly Stack<ItemSlot> _free = new();
    private ConcurrentDictionary<long, ItemSlot>? _own;
    private int _used;
    private long _lastOwn;

    internal ItemTable(int size) => _slots = new ItemSlot?[size];

    // Made when first needed: a dictionary over numbers has to be compiled in the first call of a process.
    private ConcurrentDictionary<long, ItemSlot> Own =>
        _own ?? Interlocked.CompareExchange(ref _own, new ConcurrentDictionary<long, ItemSlot>(), null) ?? _own;

    /// <summary>Finds the slot of an item that is on its way.</summary>
    internal ItemSlot this[long number] => number < 0 ? Own[number] : _slots[number]!;

    /// <summary>Adds the slot of an item of a worker's own making.</summary>
    /// <param name="receiver">Takes what comes of it.</param>
    internal ItemSlot AddOwn(IItemReceiver receiver)
    {
        var slot = new ItemSlot(Interlocked.Decrement(ref _lastOwn), receiver);
        Own[slot.Number] = slot;
        return slot;
    }

    /// <summary>Forgets the slot of an item of a worker's own making, which has ended.</summary>
    internal void RemoveOwn(ItemSlot slot) => Own.TryRemove(slot.Number, out _);

    /// <summary>Rents a slot, or returns null while as many items are on their way as there may be.</summary>
    internal ItemSlot? TryRent()
    {
        if (_free.TryPop(out var slot))
        {
            return slot;
        }

        if (_used == _slots.Length)
        {
            return null;
        }

        slot = new ItemSlot(_used);
        _slots[_used++] = slot;
        return slot;
    }

    internal void Return(ItemSlot slot)
    {
        slot.Clear();
        _free.Push(slot);
    }
}
