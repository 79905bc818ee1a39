using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using System.Threading;

namespace OrchestrationEngine.PowerShell.Reports;

/// <summary>
/// The progress bars of the items themselves, below that of the call. Of each bar only the last record is kept until
/// it is written. Items choose the ids of their bars, and all the same ones: so each bar gets an id of its own. A new
/// bar takes the place of one that has ended meanwhile: a line that goes and another that comes would flicker.
/// </summary>
/// <param name="top">The id of the bar that those of items are below.</param>
internal sealed class ItemBars(int top)
{
    // Process-wide, since bars of nested calls appear beside each other; and far from what scripts choose.
    private static int _lastId = 1_000_000;

    private readonly Dictionary<(long Slot, int ActivityId), ItemBar> _bars = [];
    private readonly List<ItemBar> _ended = [];
    private long _count;

    /// <summary>Makes an id that no other bar of the module has.</summary>
    internal static int NextId() => Interlocked.Increment(ref _lastId);

    /// <summary>Takes a record of an item.</summary>
    /// <param name="slot">The item's slot.</param>
    /// <param name="record">The record.</param>
    internal void Put(long slot, ProgressRecord record)
    {
        var key = (slot, record.ActivityId);
        var isNew = !_bars.TryGetValue(key, out var bar);
        if (record.RecordType == ProgressRecordType.Completed)
        {
            if (bar is not null)
            {
                End(key, bar);
            }

            return;
        }

        if (isNew)
        {
            _bars.Add(key, bar = new ItemBar(_count++));
        }

        var parent = _bars.GetValueOrDefault((slot, record.ParentActivityId));
        bar!.Put(record, parent == bar ? null : parent);
    }

    /// <summary>Ends the bars of an item.</summary>
    internal void End(long slot)
    {
        foreach (var (key, bar) in _bars.Where(entry => entry.Key.Slot == slot).ToArray())
        {
            End(key, bar);
        }
    }

    /// <summary>Ends all bars, and takes them from the screen.</summary>
    internal void EndAll(IProgressDisplay display)
    {
        foreach (var (key, bar) in _bars.ToArray())
        {
            End(key, bar);
        }

        foreach (var bar in TakeEnded())
        {
            display.Write(bar.Last);
        }
    }

    /// <summary>Shows what has changed since the last time.</summary>
    internal void Write(IProgressDisplay display)
    {
        var ended = TakeEnded();

        // Oldest first, since a host puts a bar whose parent it does not know yet elsewhere.
        foreach (var bar in _bars.Values.Where(bar => bar.HasNext).OrderBy(bar => bar.Number))
        {
            if (!bar.IsShown)
            {
                bar.Id = ended.TryDequeue(out var free) ? free.Id : NextId();
            }

            display.Write(bar.TakeNext(top));
        }

        foreach (var bar in ended)
        {
            TakeAwayNextTime(bar, display);
        }
    }

    private Queue<ItemBar> TakeEnded()
    {
        var ended = new Queue<ItemBar>(_ended.Where(bar => bar.IsShown).OrderBy(bar => bar.Number));
        _ended.Clear();
        return ended;
    }

    // The next item may have written nothing yet.
    private void TakeAwayNextTime(ItemBar bar, IProgressDisplay display)
    {
        if (bar.IsLeaving)
        {
            display.Write(bar.Last);
            return;
        }

        bar.IsLeaving = true;
        _ended.Add(bar);
    }

    private void End((long Slot, int ActivityId) key, ItemBar bar)
    {
        _bars.Remove(key);
        bar.IsEnded = true;
        _ended.Add(bar);
    }
}
