using System;
using System.Collections.Concurrent;
using OrchestrationEngine.PowerShell.Sharing;

namespace OrchestrationEngine.PowerShell;

/// <summary>
/// What the items of one call share by name: its counters, bags and locks. -StateVariable gives it to the caller. Any
/// thread may use it at any time. Names do not differ by case.
/// </summary>
public sealed class OrchestrationState
{
    private readonly ConcurrentDictionary<string, OrchestrationCounter> _counters = new(StringComparer.OrdinalIgnoreCase);
    private readonly ConcurrentDictionary<string, OrchestrationBag> _bags = new(StringComparer.OrdinalIgnoreCase);
    private readonly ConcurrentDictionary<string, NamedLock> _locks = new(StringComparer.OrdinalIgnoreCase);

    internal OrchestrationState()
    {
    }

    /// <summary>Finds a counter; it is made when it is first asked for.</summary>
    /// <param name="name">Its name.</param>
    /// <exception cref="ArgumentException">The name is empty.</exception>
    public OrchestrationCounter Counter(string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        return _counters.GetOrAdd(name, static _ => new OrchestrationCounter());
    }

    /// <summary>Finds a bag; it is made when it is first asked for.</summary>
    /// <param name="name">Its name.</param>
    /// <exception cref="ArgumentException">The name is empty.</exception>
    public OrchestrationBag Bag(string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        return _bags.GetOrAdd(name, static _ => new OrchestrationBag());
    }

    /// <summary>Finds a lock; it is made when it is first asked for.</summary>
    /// <exception cref="ArgumentException">The name is empty.</exception>
    internal NamedLock LockOf(string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        return _locks.GetOrAdd(name, static _ => new NamedLock());
    }
}
