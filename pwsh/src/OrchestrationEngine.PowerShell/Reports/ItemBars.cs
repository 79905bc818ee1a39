using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using System.Threading;

namespace OrchestrationEngine.PowerShell.Reports;

/// <summary>
/// The progress bars of the items themselves, below that of the call. Of each bar only the last record is kept until
/// it is written. Items choose the ids of their bars, and all the same ones: so each bar gets an id of its own.
/// </summary>
internal sealed class ItemBars
{
    // Process-wide, since bars of nested calls appear beside each other; and far from what scripts choose.
    private static int _lastId = 1_000_000;

    private readonly Dictionary<(int Slot, int ActivityId), Bar> _bars = [];
    private readonly List<Bar> _ended = [];

    /// <summary>Makes an id that no other bar of the module has.</summary>
    internal static int NextId() => Interlocked.Increment(ref _lastId);

    /// <summary>Takes a record of an item.</summary>
    /// <param name="slot">The item's slot.</param>
    /// <param name="record">The record.</param>
    /// <param name="top">The id of the bar that those of items are below.</param>
    internal void Put(int slot, ProgressRecord record, int top)
    {
        var key = (slot, record.ActivityId);
        var isNew = !_bars.TryGetValue(key, out var bar);
        if (record.RecordType == ProgressRecordType.Completed)
        {
            if (bar is not null)
            {
                _bars.Remove(key);
                _ended.Add(bar);
            }

            return;
        }

        if (isNew)
        {
            _bars.Add(key, bar = new Bar(NextId()));
        }

        var parent = _bars.TryGetValue((slot, record.ParentActivityId), out var above) && above != bar ? above.Id : top;
        bar!.Next = CopyOf(record, bar.Id, parent);
    }

    /// <summary>Ends the bars of an item.</summary>
    internal void End(int slot)
    {
        foreach (var (key, bar) in _bars.Where(entry => entry.Key.Slot == slot).ToArray())
        {
            _bars.Remove(key);
            _ended.Add(bar);
        }
    }

    /// <summary>Ends all bars.</summary>
    internal void EndAll()
    {
        _ended.AddRange(_bars.Values);
        _bars.Clear();
    }

    /// <summary>Shows what has changed since the last time.</summary>
    internal void Write(IProgressDisplay display)
    {
        foreach (var bar in _ended.Where(bar => bar.Shown is not null))
        {
            var last = CopyOf(bar.Shown!, bar.Id, bar.Shown!.ParentActivityId);
            last.RecordType = ProgressRecordType.Completed;
            display.Write(last);
        }

        _ended.Clear();

        // By id, since a host puts a bar whose parent it does not know yet elsewhere.
        foreach (var bar in _bars.Values.Where(bar => bar.Next is not null).OrderBy(bar => bar.Id))
        {
            display.Write(bar.Next!);
            (bar.Shown, bar.Next) = (bar.Next, null);
        }
    }

    private static ProgressRecord CopyOf(ProgressRecord record, int id, int parent) =>
        new(id, record.Activity, record.StatusDescription)
        {
            ParentActivityId = parent,
            CurrentOperation = record.CurrentOperation,
            PercentComplete = record.PercentComplete,
            SecondsRemaining = record.SecondsRemaining,
        };

    private sealed class Bar(int id)
    {
        internal int Id => id;

        internal ProgressRecord? Shown { get; set; }

        internal ProgressRecord? Next { get; set; }
    }
}
