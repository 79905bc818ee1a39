using System;
using System.Diagnostics;

namespace OrchestrationEngine.PowerShell.Reports;

/// <summary>Tells when something was, from what workers note. Does not jump when the machine's clock is set.</summary>
internal sealed class CallClock
{
    private readonly long _timestamp = Stopwatch.GetTimestamp();
    private readonly DateTime _begin = DateTime.UtcNow;

    /// <summary>Gets how long the call lasts so far.</summary>
    internal TimeSpan Elapsed => Stopwatch.GetElapsedTime(_timestamp);

    /// <summary>Tells how long after the start of the call something was.</summary>
    /// <param name="timestamp">When it was, by <see cref="Stopwatch.GetTimestamp"/>.</param>
    internal TimeSpan OffsetOf(long timestamp) => Stopwatch.GetElapsedTime(_timestamp, timestamp);

    /// <summary>Tells the time in UTC.</summary>
    /// <param name="offset">How long after the start of the call.</param>
    internal DateTime TimeAt(TimeSpan offset) => _begin + offset;
}
