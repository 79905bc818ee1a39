using System.Collections.Generic;

namespace OrchestrationEngine.PowerShell.Output;

/// <summary>
/// The items of a call that are on their way. Slots are rented and returned on the pipeline thread only; workers look
/// them up by number.
/// </summary>
internal sealed class ItemTable
{
    private readonly ItemSlot?[] _slots;
    private readonly Stack<ItemSlot> _free = new();
    private int _used;

    internal ItemTable(int size) => _slots = new ItemSlot?[size];

    /// <summary>Finds the slot of an item that is on its way.</summary>
    internal ItemSlot this[long number] => _slots[number]!;

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
