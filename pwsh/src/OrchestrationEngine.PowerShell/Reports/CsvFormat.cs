using System;
using System.Buffers;
using System.Globalization;
using System.Text;

namespace OrchestrationEngine.PowerShell.Reports;

/// <summary>
/// RFC 4180, with a header. What comes from items and looks like a formula gets an apostrophe before it: spreadsheet
/// programs run formulas of a file that they open.
/// </summary>
internal sealed class CsvFormat : IReportFormat
{
    private const string LineEnd = "\r\n";

    private static readonly SearchValues<char> Quoted = SearchValues.Create(",\"\r\n");

    /// <inheritdoc/>
    public byte[] Tail => [];

    /// <inheritdoc/>
    public bool TellsAttempts => false;

    /// <inheritdoc/>
    public void WriteHead(IBufferWriter<byte> text) =>
        Encoding.UTF8.GetBytes("Index,Input,Worker,Start,Duration,Status,Attempts,Error" + LineEnd, text);

    /// <inheritdoc/>
    public void Write(IBufferWriter<byte> text, in ItemEntry entry)
    {
        var start = entry.Start is { } time ? ItemEntry.TextOf(time) : string.Empty;
        var line = string.Create(
            CultureInfo.InvariantCulture,
            $"{entry.Index},{Cell(entry.Input)},{entry.Worker},{start},{entry.Duration.TotalSeconds:0.######},"
                + $"{entry.Status},{entry.Attempts},{Cell(entry.Error)}{LineEnd}");
        Encoding.UTF8.GetBytes(line, text);
    }

    private static string Cell(string? text)
    {
        if (string.IsNullOrEmpty(text))
        {
            return string.Empty;
        }

        var safe = LooksLikeFormula(text) ? "'" + text : text;
        var isQuoted = safe.AsSpan().ContainsAny(Quoted) || safe[0] == ' ' || safe[^1] == ' ';
        return isQuoted ? $"\"{safe.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : safe;
    }

    // Numbers are none. How PowerShell shows an object, @{Name=Value}, may be one: names and values can be anything.
    private static bool LooksLikeFormula(string text) =>
        text[0] is '=' or '+' or '-' or '@'
        && !double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out _);
}
