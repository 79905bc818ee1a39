using System;
using System.Collections.ObjectModel;

namespace OrchestrationEngine.PowerShell.Output;

/// <summary>A list that hands on what is added to it and keeps nothing: what a pipeline writes its output to.</summary>
internal sealed class OutputSink(Action<object?> handOn) : Collection<object?>
{
    /// <inheritdoc/>
    protected override void InsertItem(int index, object? item) => handOn(item);
}
