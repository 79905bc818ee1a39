using System;
using System.Globalization;
using System.Management.Automation;
using System.Text;
using OrchestrationEngine.Native;
using OrchestrationEngine.PowerShell.Output;

namespace OrchestrationEngine.PowerShell.Reports;

/// <summary>
/// One bar for the whole call, with those of its items below it. It is written at most five times a second, by the
/// clock; a call that ends before that shows none.
/// </summary>
internal sealed class ProgressReport : IItemObserver
{
    private const string Activity = "Invoke-ParallelOrchestration";

    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(200);

    private readonly IProgressDisplay _display;
    private readonly long? _expected;
    private readonly CallClock _clock = new();
    private readonly int _id = ItemBars.NextId();
    private readonly ItemBars _bars;
    private TimeSpan _nextUpdate = Interval;
    private long _done;
    private long _failed;
    private long _items;
    private bool _areAll;
    private bool _isShown;

    /// <summary>Initializes a new instance of the <see cref="ProgressReport"/> class.</summary>
    /// <param name="display">Where the bar is shown.</param>
    /// <param name="expected">How many items there will be, if that is known already; if there are more, it was wrong.</param>
    internal ProgressReport(IProgressDisplay display, long? expected)
    {
        _display = display;
        _expected = expected;
        _bars = new ItemBars(_id);
    }

    private long? Total => _areAll ? _items : _expected >= _items ? _expected : null;

    /// <inheritdoc/>
    public TimeSpan? TickInterval => Interval;

    /// <inheritdoc/>
    public bool Takes(ItemSlot slot, OutputKind kind, object? value)
    {
        if (kind != OutputKind.Progress || !_display.ShowsItems)
        {
            return false;
        }

        if (value is ProgressRecord record)
        {
            _bars.Put(slot.Number, record);
        }

        return true;
    }

    /// <inheritdoc/>
    public void AttemptEnded(ItemSlot slot, in ItemEvent end) => _bars.End(slot.Number);

    /// <inheritdoc/>
    public void Ended(ItemSlot slot, in ItemEvent end)
    {
        _done++;
        _failed += end.Outcome is Outcome.Failed or Outcome.TimedOut ? 1 : 0;
    }

    /// <inheritdoc/>
    public void Silence()
    {
        // It tells of nothing that goes wrong.
    }

    /// <inheritdoc/>
    public void Tick(long items, bool areAll)
    {
        (_items, _areAll) = (items, areAll);
        var elapsed = _clock.Elapsed;
        if (elapsed < _nextUpdate || items == 0)
        {
            return;
        }

        _nextUpdate = elapsed + Interval;
        _isShown = true;
        _display.Write(Describe(elapsed));
        _bars.Write(_display);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (!_isShown)
        {
            return;
        }

        _isShown = false;
        _bars.EndAll(_display);
        var last = Describe(_clock.Elapsed);
        last.RecordType = ProgressRecordType.Completed;
        _display.Write(last);
    }

    private ProgressRecord Describe(TimeSpan elapsed)
    {
        var rate = _done / elapsed.TotalSeconds;
        var status = new StringBuilder(
            Total is { } count ? $"{_done:n0} of {count:n0} done" : $"{_done:n0} done, {_items:n0} read");
        if (_failed > 0)
        {
            status.Append(CultureInfo.CurrentCulture, $", {_failed:n0} failed");
        }

        if (_done > 0)
        {
            status.Append(", ").Append(TextOfRate(rate));
        }

        var record = new ProgressRecord(_id, Activity, status.ToString());
        if (Total is { } total)
        {
            record.PercentComplete = (int)(_done * 100 / total);
            record.SecondsRemaining = _done == 0 ? -1 : (int)Math.Min(Math.Ceiling((total - _done) / rate), int.MaxValue);
        }

        return record;
    }

    private static string TextOfRate(double rate) => rate switch
    {
        >= 10 => $"{rate:n0}/s",
        >= 0.1 => $"{rate:n1}/s",
        _ => $"{rate * 60:n1}/min",
    };
}
