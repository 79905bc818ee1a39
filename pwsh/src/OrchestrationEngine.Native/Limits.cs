using System;
using System.Threading;

namespace OrchestrationEngine.Native;

/// <summary>Turns time spans into the milliseconds of the C ABI.</summary>
internal static class Limits
{
    /// <summary>The number that means "no limit".</summary>
    internal const uint None = uint.MaxValue;

    /// <summary>A limit for a wait; an infinite or too large one becomes <see cref="None"/>.</summary>
    internal static uint ForWait(TimeSpan limit) =>
        limit == Timeout.InfiniteTimeSpan || limit.TotalMilliseconds >= None
            ? None
            : (uint)Rounded(limit, nameof(limit));

    /// <summary>A limit in an option; null and an infinite one become 0, which means none.</summary>
    internal static ulong ForOption(TimeSpan? time, string name) =>
        time is { } given && given != Timeout.InfiniteTimeSpan ? Math.Max(1, Rounded(given, name)) : 0;

    /// <summary>A time in an option that has 32 bits; one that does not fit, or is infinite, becomes 49 days.</summary>
    internal static uint ForSmallOption(TimeSpan time, string name) =>
        time == Timeout.InfiniteTimeSpan ? None - 1 : (uint)Math.Min(Rounded(time, name), None - 1);

    // Upwards: a limit of half a millisecond is not a limit of none.
    private static ulong Rounded(TimeSpan time, string name)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(time, TimeSpan.Zero, name);
        return (ulong)Math.Ceiling(time.TotalMilliseconds);
    }
}
