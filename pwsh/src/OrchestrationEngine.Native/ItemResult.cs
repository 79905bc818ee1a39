using System;

namespace OrchestrationEngine.Native;

/// <summary>What became of one input of <see cref="ParallelItems"/>.</summary>
/// <typeparam name="TInput">The type of the inputs.</typeparam>
/// <typeparam name="TOutput">The type of what the work returns.</typeparam>
/// <param name="Index">The number of the input in the order of reading, from 0.</param>
/// <param name="Input">The input.</param>
/// <param name="Outcome">How the work on it ended.</param>
/// <param name="Output">What the work returned, if it succeeded; else the default of the type.</param>
/// <param name="Exception">
/// What the work threw. Never null if it failed; may be null if it was stopped, since work that is stopped need not
/// throw, need not have started, and may be given up while it still runs.
/// </param>
/// <param name="Duration">How long the work took; zero if it did not start.</param>
/// <param name="Worker">The number of the worker that did it, unique in the process; 0 if none did.</param>
public readonly record struct ItemResult<TInput, TOutput>(
    long Index,
    TInput Input,
    Outcome Outcome,
    TOutput? Output,
    Exception? Exception,
    TimeSpan Duration,
    int Worker);
