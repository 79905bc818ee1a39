using System.Collections.Concurrent;

namespace OrchestrationEngine.PowerShell.Output;

/// <summary>
/// The objects that one worker has put out in one call and that the pipeline thread has not taken yet. The native
/// queue has one event for each, in the same order, so neither side needs an id for them.
/// </summary>
internal sealed class Outbox
{
    private readonly ConcurrentQueue<object?> _objects = new();

    internal void Put(object? value) => _objects.Enqueue(value);

    /// <summary>Takes the next object; there is one for each event that was taken from the native queue.</summary>
    internal object? Take() => _objects.TryDequeue(out var value) ? value : null;
}
