using System;
using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace OrchestrationEngine.PowerShell.Reports;

/// <summary>Rows of JSON: an array with one row a line, or lines without an array around them.</summary>
internal sealed class JsonRows : IDisposable
{
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private static readonly byte[] ArrayTail = "\n]\n"u8.ToArray();

    private readonly ArrayBufferWriter<byte> _row = new();
    private readonly Utf8JsonWriter _writer;
    private readonly bool _isArray;
    private bool _hasRows;

    internal JsonRows(bool isArray)
    {
        _isArray = isArray;
        _writer = new Utf8JsonWriter(_row, Options);
    }

    /// <summary>Gets what the file must end with to be whole.</summary>
    internal byte[] Tail => _isArray ? ArrayTail : [];

    /// <summary>Writes what the file begins with.</summary>
    internal void WriteHead(IBufferWriter<byte> text)
    {
        if (_isArray)
        {
            text.Write("["u8);
        }
    }

    /// <summary>Writes one row.</summary>
    /// <param name="text">Where to.</param>
    /// <param name="write">Writes its properties.</param>
    internal void Write(IBufferWriter<byte> text, Action<Utf8JsonWriter> write)
    {
        _row.ResetWrittenCount();
        _writer.Reset(_row);
        _writer.WriteStartObject();
        write(_writer);
        _writer.WriteEndObject();
        _writer.Flush();
        if (_isArray)
        {
            text.Write(_hasRows ? ",\n"u8 : "\n"u8);
        }

        text.Write(_row.WrittenSpan);
        if (!_isArray)
        {
            text.Write("\n"u8);
        }

        _hasRows = true;
    }

    /// <inheritdoc/>
    public void Dispose() => _writer.Dispose();
}
