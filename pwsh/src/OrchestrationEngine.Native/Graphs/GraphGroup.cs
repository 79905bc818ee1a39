namespace OrchestrationEngine.Native;

/// <summary>Slots that some tasks of a graph share beside those of the run.</summary>
/// <param name="Name">The name.</param>
/// <param name="Limit">How many, from 1.</param>
public sealed record GraphGroup(string Name, int Limit);
