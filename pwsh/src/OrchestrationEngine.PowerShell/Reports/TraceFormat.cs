using System;
using System.Buffers;
using System.Collections.Generic;
using System.Globalization;
using System.Text.Json;

namespace OrchestrationEngine.PowerShell.Reports;

/// <summary>
/// The Trace Event Format that chrome://tracing and Perfetto read: a complete event for each attempt at an item, on
/// the line of its worker, in microseconds since the start of the call.
/// </summary>
internal sealed class TraceFormat : IReportFormat, IDisposable
{
    private const int NameLimit = 60;

    private readonly JsonRows _rows = new(isArray: true);
    private readonly Dictionary<int, TimeSpan> _endOfWorker = [];

    /// <inheritdoc/>
    public byte[] Tail => _rows.Tail;

    /// <inheritdoc/>
    public bool TellsAttempts => true;

    /// <inheritdoc/>
    public void WriteHead(IBufferWriter<byte> text)
    {
        _rows.WriteHead(text);
        WriteName(text, "process_name", worker: null, "Invoke-ParallelOrchestration");
    }

    /// <inheritdoc/>
    public void Write(IBufferWriter<byte> text, in ItemEntry entry)
    {
        if (entry.Worker is not { } worker || entry.Offset is not { } offset)
        {
            // It never ran, so it has no place on a line.
            return;
        }

        if (!_endOfWorker.TryGetValue(worker, out var free))
        {
            WriteName(text, "thread_name", worker, string.Create(CultureInfo.InvariantCulture, $"worker {worker}"));
        }

        // Start and duration are taken by different clocks, some microseconds apart; items of a worker do not overlap.
        var start = offset > free ? offset : free;
        _endOfWorker[worker] = start + entry.Duration;
        var item = entry;
        _rows.Write(text, json => WriteItem(json, item, start));
    }

    /// <inheritdoc/>
    public void Dispose() => _rows.Dispose();

    private static void WriteItem(Utf8JsonWriter json, in ItemEntry entry, TimeSpan start)
    {
        json.WriteString("name", string.Create(
            CultureInfo.InvariantCulture, $"{entry.Index} {ShortText.OneLine(entry.Input, NameLimit)}"));
        json.WriteString("cat", "item");
        json.WriteString("ph", "X");
        json.WriteNumber("ts", (decimal)start.Ticks / TimeSpan.TicksPerMicrosecond);
        json.WriteNumber("dur", (decimal)entry.Duration.Ticks / TimeSpan.TicksPerMicrosecond);
        json.WriteNumber("pid", Environment.ProcessId);
        json.WriteNumber("tid", entry.Worker!.Value);
        json.WriteStartObject("args");
        json.WriteNumber("index", entry.Index);
        json.WriteString("input", entry.Input);
        json.WriteString("status", entry.Status.ToString());
        json.WriteNumber("attempt", entry.Attempts);
        if (entry.Error is not null)
        {
            json.WriteString("error", entry.Error);
        }

        json.WriteEndObject();
    }

    private void WriteName(IBufferWriter<byte> text, string what, int? worker, string name) => _rows.Write(text, json =>
    {
        json.WriteString("name", what);
        json.WriteString("ph", "M");
        json.WriteNumber("pid", Environment.ProcessId);
        if (worker is { } thread)
        {
            json.WriteNumber("tid", thread);
        }

        json.WriteStartObject("args");
        json.WriteString("name", name);
        json.WriteEndObject();
    });
}
