using System;
using System.Buffers;
using System.Text.Json;

namespace OrchestrationEngine.PowerShell.Reports;

/// <summary>An object an item: in an array, or a line each without one (JSON lines).</summary>
internal sealed class JsonFormat(bool isArray) : IReportFormat, IDisposable
{
    private readonly JsonRows _rows = new(isArray);

    /// <inheritdoc/>
    public byte[] Tail => _rows.Tail;

    /// <inheritdoc/>
    public bool TellsAttempts => false;

    /// <inheritdoc/>
    public void WriteHead(IBufferWriter<byte> text) => _rows.WriteHead(text);

    /// <inheritdoc/>
    public void Write(IBufferWriter<byte> text, in ItemEntry entry)
    {
        var item = entry;
        _rows.Write(text, json => Write(json, item));
    }

    /// <inheritdoc/>
    public void Dispose() => _rows.Dispose();

    private static void Write(Utf8JsonWriter json, in ItemEntry entry)
    {
        json.WriteNumber("Index", entry.Index);
        json.WriteString("Input", entry.Input);
        if (entry.Worker is { } worker)
        {
            json.WriteNumber("Worker", worker);
        }
        else
        {
            json.WriteNull("Worker");
        }

        json.WriteString("Start", entry.Start is { } start ? ItemEntry.TextOf(start) : null);
        json.WriteNumber("Duration", Math.Round((decimal)entry.Duration.TotalSeconds, 6));
        json.WriteString("Status", entry.Status.ToString());
        json.WriteNumber("Attempts", entry.Attempts);
        json.WriteString("Error", entry.Error);
    }
}
