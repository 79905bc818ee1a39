using System;
using System.Management.Automation;
using OrchestrationEngine.Native;
using OrchestrationEngine.PowerShell.Output;

namespace OrchestrationEngine.PowerShell.Reports;

/// <summary>
/// Writes what becomes of items to a file, as they end. If the file cannot be written any more it says so once, and
/// the call goes on.
/// </summary>
internal sealed class FileReport : IItemObserver
{
    private readonly ReportTarget _target;
    private readonly IReportFormat _format;
    private readonly IItemReceiver _receiver;
    private readonly CallClock _clock = new();
    private ReportFile? _file;
    private ErrorRecord? _problem;
    private bool _isSilent;

    private FileReport(ReportTarget target, IReportFormat format, IItemReceiver receiver)
    {
        _target = target;
        _format = format;
        _receiver = receiver;
    }

    /// <inheritdoc/>
    public TimeSpan? TickInterval => null;

    /// <summary>Opens the file; nothing is written before <see cref="Begin"/>.</summary>
    /// <param name="target">Where.</param>
    /// <param name="format">What to write.</param>
    /// <param name="receiver">Is told if the file cannot be written any more.</param>
    /// <exception cref="Runspaces.CallRefusedException">It cannot be written at all.</exception>
    internal static FileReport Create(ReportTarget target, IReportFormat format, IItemReceiver receiver) =>
        new(target, format, receiver) { _file = ReportFile.Create(target, format.Tail) };

    /// <summary>Begins the file anew.</summary>
    internal void Begin()
    {
        Write(file =>
        {
            file.Empty();
            _format.WriteHead(file.Text);
            file.Flush();
        });
        TellProblem();
    }

    /// <inheritdoc/>
    public bool Takes(ItemSlot slot, OutputKind kind, object? value)
    {
        if (kind == OutputKind.Failure || (kind == OutputKind.Error && slot.Error is null))
        {
            slot.Error = value as ErrorRecord;
        }

        return false;
    }

    /// <inheritdoc/>
    public void AttemptEnded(ItemSlot slot, in ItemEvent end)
    {
        if (_format.TellsAttempts)
        {
            Write(slot, end);
        }
    }

    /// <inheritdoc/>
    public void Ended(ItemSlot slot, in ItemEvent end)
    {
        if (!_format.TellsAttempts)
        {
            Write(slot, end);
        }
    }

    /// <inheritdoc/>
    public void Silence() => _isSilent = true;

    /// <inheritdoc/>
    public void Tick(long items, bool areAll)
    {
        Write(file => file.Flush());
        TellProblem();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Write(file => file.Flush());
        Close();
        (_format as IDisposable)?.Dispose();
        TellProblem();
    }

    private void Write(ItemSlot slot, in ItemEvent end)
    {
        if (_file is not null)
        {
            var entry = EntryOf(slot, end);
            _format.Write(_file.Text, entry);
            Write(file => file.FlushIfMuch());
        }
    }

    private ItemEntry EntryOf(ItemSlot slot, in ItemEvent end)
    {
        var hasStarted = end.Worker != 0 && slot.Started != 0;
        var offset = hasStarted ? _clock.OffsetOf(slot.Started) : (TimeSpan?)null;
        var error = ErrorOf(slot, end);
        return new ItemEntry
        {
            Index = slot.Index,
            Input = ShortText.Of(slot.Input, ItemEntry.InputLimit),
            Worker = end.Worker == 0 ? null : end.Worker,
            Offset = offset,
            Start = offset is { } time ? _clock.TimeAt(time) : null,
            Duration = end.Duration,
            Status = (ItemStatus)end.Outcome,
            Attempts = slot.Attempt,
            Error = error is null ? null : ShortText.OneLine(error, ItemEntry.ErrorLimit),
        };
    }

    private static string? ErrorOf(ItemSlot slot, in ItemEvent end) => end.Outcome == Outcome.TimedOut
        ? Errors.ItemTimedOut(slot.Index, input: null, end.Duration).Exception.Message
        : slot.Error is { } error ? ShortText.MessageOf(error.Exception) : null;

    private void Write(Action<ReportFile> write)
    {
        if (_file is null)
        {
            return;
        }

        try
        {
            write(_file);
        }
        catch (Exception problem) when (ReportFile.IsWriteProblem(problem))
        {
            Close();
            _problem = ReportErrors.WriteFailed(_target, problem);
        }
    }

    // Not where it happens: telling it may end the call, and the other reports are to see what this one saw.
    private void TellProblem()
    {
        if (_problem is { } problem && !_isSilent)
        {
            _problem = null;
            _receiver.Report(problem);
        }
    }

    private void Close()
    {
        try
        {
            _file?.Dispose();
        }
        catch (Exception problem) when (ReportFile.IsWriteProblem(problem))
        {
            // It could not be written before either.
        }

        _file = null;
    }
}
