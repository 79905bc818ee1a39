using System;
using OrchestrationEngine.Native;

namespace OrchestrationEngine.PowerShell.Output;

/// <summary>
/// Sees what becomes of items at the moment it is known, while receivers see it in the order in which it is written.
/// Told on the thread that feeds the call. Disposing of it, which may be done again, says that the call has ended.
/// </summary>
internal interface IItemObserver : IDisposable
{
    /// <summary>Gets how often to call <see cref="Tick"/> while nothing happens; null if that is not needed.</summary>
    TimeSpan? TickInterval { get; }

    /// <summary>Sees one output of an item, or one record of another stream.</summary>
    /// <returns>True if it goes no further.</returns>
    bool Takes(ItemSlot slot, OutputKind kind, object? value);

    /// <summary>Sees that an attempt at an item has ended, the last one too.</summary>
    void AttemptEnded(ItemSlot slot, in ItemEvent end);

    /// <summary>Sees that an item has ended, and will not be tried again.</summary>
    void Ended(ItemSlot slot, in ItemEvent end);

    /// <summary>Says that nobody can be told any more what goes wrong; what happens is still seen.</summary>
    void Silence();

    /// <summary>Called whenever all that was known has been told.</summary>
    /// <param name="items">How many items there were so far.</param>
    /// <param name="areAll">Whether no more come.</param>
    void Tick(long items, bool areAll);
}
