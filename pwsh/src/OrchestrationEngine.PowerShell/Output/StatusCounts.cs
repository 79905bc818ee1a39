using System.Collections.Generic;

namespace OrchestrationEngine.PowerShell.Output;

/// <summary>How many items ended in which way.</summary>
internal sealed class StatusCounts
{
    private static readonly string[] Words = ["succeeded", "failed", "timed out", "stopped or not started"];

    private readonly long[] _counts = new long[Words.Length];

    internal void Count(ItemStatus status) => _counts[(int)status]++;

    /// <summary>Says the counts that are not zero, for a message.</summary>
    public override string ToString()
    {
        var parts = new List<string>();
        for (var status = 0; status < Words.Length; status++)
        {
            if (_counts[status] > 0)
            {
                parts.Add($"{_counts[status]} {Words[status]}");
            }
        }

        return parts.Count == 0 ? "no item had been started" : string.Join(", ", parts);
    }
}
