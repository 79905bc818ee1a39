using System.Management.Automation;

namespace OrchestrationEngine.PowerShell.Reports;

/// <summary>One progress bar of an item: what is shown of it, and what is to be shown next.</summary>
/// <param name="number">How many bars there were before it.</param>
internal sealed class ItemBar(long number)
{
    private ProgressRecord? _shown;
    private ProgressRecord? _next;
    private ItemBar? _parent;

    /// <summary>Gets how many bars there were before it.</summary>
    internal long Number => number;

    /// <summary>Gets or sets the id under which it is shown; to be set before it is.</summary>
    internal int Id { get; set; }

    /// <summary>Gets or sets a value indicating whether it is over, and its id may be that of another.</summary>
    internal bool IsEnded { get; set; }

    /// <summary>Gets or sets a value indicating whether it goes the next time, unless another takes its place.</summary>
    internal bool IsLeaving { get; set; }

    /// <summary>Gets a value indicating whether it is, or was, on the screen.</summary>
    internal bool IsShown => _shown is not null;

    /// <summary>Gets a value indicating whether something of it is to be shown.</summary>
    internal bool HasNext => _next is not null;

    /// <summary>Gets the record that takes it from the screen.</summary>
    internal ProgressRecord Last
    {
        get
        {
            var last = CopyOf(_shown!, _shown!.ParentActivityId);
            last.RecordType = ProgressRecordType.Completed;
            return last;
        }
    }

    /// <summary>Takes what is to be shown, in place of what was to be shown before.</summary>
    /// <param name="record">As the item wrote it.</param>
    /// <param name="parent">The bar of the item that it is below; null for none.</param>
    internal void Put(ProgressRecord record, ItemBar? parent) => (_next, _parent) = (record, parent);

    /// <summary>Gives out what is to be shown.</summary>
    /// <param name="top">The id of the bar that it is below if it has no other.</param>
    internal ProgressRecord TakeNext(int top)
    {
        _shown = CopyOf(_next!, _parent is { IsEnded: false, IsShown: true } parent ? parent.Id : top);
        _next = null;
        return _shown;
    }

    private ProgressRecord CopyOf(ProgressRecord record, int parent) => new(Id, record.Activity, record.StatusDescription)
    {
        ParentActivityId = parent,
        CurrentOperation = record.CurrentOperation,
        PercentComplete = record.PercentComplete,
        SecondsRemaining = record.SecondsRemaining,
    };
}
