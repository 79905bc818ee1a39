namespace OrchestrationEngine.Native;

/// <summary>Something that a task wrote beside its output; remembered with its result.</summary>
/// <param name="Stream">The host's number of the stream, 0 to 65,535.</param>
/// <param name="Text">What was written.</param>
public sealed record StreamText(int Stream, string Text);
