using System.Collections.Concurrent;

namespace OrchestrationEngine.PowerShell;

/// <summary>Objects that any number of items may add to at once, in the order in which they were added.</summary>
public sealed class OrchestrationBag
{
    // A queue and not a ConcurrentBag, which has no order and keeps a list for each thread.
    private readonly ConcurrentQueue<object?> _objects = new();

    internal OrchestrationBag()
    {
    }

    /// <summary>Gets how many objects there are.</summary>
    public int Count => _objects.Count;

    /// <summary>Adds one object, also $null or a collection as a whole.</summary>
    /// <param name="value">The object.</param>
    public void Add(object? value) => _objects.Enqueue(value);

    /// <summary>Copies the objects that are there at this moment.</summary>
    /// <returns>The objects, the one that was added first at the start.</returns>
    public object?[] ToArray() => _objects.ToArray();
}
