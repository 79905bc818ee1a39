using System;

namespace OrchestrationEngine.PowerShell.Reports;

/// <summary>What a file says of one item that has ended, or of one attempt at it.</summary>
internal readonly record struct ItemEntry
{
    /// <summary>How many characters of an item are written.</summary>
    internal const int InputLimit = 200;

    /// <summary>How many characters of an error are written.</summary>
    internal const int ErrorLimit = 1000;

    /// <summary>Gets the position of the item in the input, from 0.</summary>
    internal required long Index { get; init; }

    /// <summary>Gets the item, as one line of text.</summary>
    internal required string Input { get; init; }

    /// <summary>Gets the number of the worker that ran it; null if none did.</summary>
    internal required int? Worker { get; init; }

    /// <summary>Gets how long after the call the last attempt started; null if none did.</summary>
    internal required TimeSpan? Offset { get; init; }

    /// <summary>Gets when that was, in UTC.</summary>
    internal required DateTime? Start { get; init; }

    /// <summary>Gets how long the last attempt ran.</summary>
    internal required TimeSpan Duration { get; init; }

    /// <summary>Gets how the item ended.</summary>
    internal required ItemStatus Status { get; init; }

    /// <summary>Gets the number of attempts so far.</summary>
    internal required int Attempts { get; init; }

    /// <summary>Gets what ended it, or else its first error, as one line of text; null for none.</summary>
    internal required string? Error { get; init; }

    /// <summary>Says a time as ISO 8601 with milliseconds.</summary>
    internal static string TextOf(DateTime time) =>
        time.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", System.Globalization.CultureInfo.InvariantCulture);
}
