using System.Threading;

namespace OrchestrationEngine.PowerShell;

/// <summary>A whole number that any number of items may change at once, and no change is lost.</summary>
public sealed class OrchestrationCounter
{
    private long _value;

    internal OrchestrationCounter()
    {
    }

    /// <summary>Gets the number; 0 at first.</summary>
    public long Value => Interlocked.Read(ref _value);

    /// <summary>Adds one.</summary>
    /// <returns>The number afterwards, which no other caller gets.</returns>
    public long Increment() => Interlocked.Increment(ref _value);

    /// <summary>Adds a number, which may be negative.</summary>
    /// <param name="amount">How much to add.</param>
    /// <returns>The number afterwards.</returns>
    public long Add(long amount) => Interlocked.Add(ref _value, amount);

    /// <summary>Says the number.</summary>
    public override string ToString() => Value.ToString(System.Globalization.CultureInfo.InvariantCulture);
}
