using System;
using System.Collections.Generic;
using System.IO;
using OrchestrationEngine.Native;
using OrchestrationEngine.PowerShell.Output;
using OrchestrationEngine.PowerShell.Runspaces;

namespace OrchestrationEngine.PowerShell.Reports;

/// <summary>All that a call tells beside its output.</summary>
internal sealed class CallReports : IItemObserver
{
    private readonly List<IItemObserver> _reports = [];

    private CallReports()
    {
    }

    /// <inheritdoc/>
    public TimeSpan? TickInterval => _reports.Find(report => report.TickInterval is not null)?.TickInterval;

    /// <summary>Makes what was asked for.</summary>
    /// <param name="options">What was asked for.</param>
    /// <param name="receiver">Is told what goes wrong with it meanwhile.</param>
    /// <param name="progress">The progress bar; null for none.</param>
    /// <returns>Null if nothing is to be told.</returns>
    /// <exception cref="CallRefusedException">A file cannot be written.</exception>
    internal static CallReports? Open(ReportOptions options, IItemReceiver receiver, ProgressReport? progress)
    {
        var reports = new CallReports();
        try
        {
            reports.Add(options, receiver, progress);
        }
        catch
        {
            reports.Dispose();
            throw;
        }

        return reports._reports.Count == 0 ? null : reports;
    }

    /// <inheritdoc/>
    public bool Takes(ItemSlot slot, OutputKind kind, object? value)
    {
        var isTaken = false;
        foreach (var report in _reports)
        {
            isTaken |= report.Takes(slot, kind, value);
        }

        return isTaken;
    }

    /// <inheritdoc/>
    public void AttemptEnded(ItemSlot slot, in ItemEvent end)
    {
        foreach (var report in _reports)
        {
            report.AttemptEnded(slot, end);
        }
    }

    /// <inheritdoc/>
    public void Ended(ItemSlot slot, in ItemEvent end)
    {
        foreach (var report in _reports)
        {
            report.Ended(slot, end);
        }
    }

    /// <inheritdoc/>
    public void Silence()
    {
        foreach (var report in _reports)
        {
            report.Silence();
        }
    }

    /// <inheritdoc/>
    public void Tick(long items, bool areAll)
    {
        foreach (var report in _reports)
        {
            report.Tick(items, areAll);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var report in _reports)
        {
            report.Dispose();
        }
    }

    private static IReportFormat LogFormatOf(ReportTarget log) => Path.GetExtension(log.Path).ToLowerInvariant() switch
    {
        ".csv" => new CsvFormat(),
        ".json" => new JsonFormat(isArray: true),
        ".jsonl" => new JsonFormat(isArray: false),
        _ => throw new CallRefusedException(ReportErrors.FormatUnknown(log.Given)),
    };

    private void Add(ReportOptions options, IItemReceiver receiver, ProgressReport? progress)
    {
        var log = options.Log is { } path ? Add(FileReport.Create(path, LogFormatOf(path), receiver)) : null;
        var trace = options.Trace is { } other ? Add(FileReport.Create(other, new TraceFormat(), receiver)) : null;

        // Not before: if one of them is refused, so is the call, and what the other was stays.
        log?.Begin();
        trace?.Begin();
        if (progress is not null)
        {
            Add(progress);
        }
    }

    private T Add<T>(T report)
        where T : IItemObserver
    {
        _reports.Add(report);
        return report;
    }
}
