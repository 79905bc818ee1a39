using System.Collections.Generic;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace OrchestrationEngine.Native;

/// <summary>What a worker says of an item of a run before it ends it.</summary>
public sealed record TaskReport
{
    /// <summary>Gets the value that the task gave out; null for none.</summary>
    public JsonElement? Output { get; init; }

    /// <summary>Gets the exit code that the task ended with; null for none.</summary>
    public int? ExitCode { get; init; }

    /// <summary>
    /// Gets a value indicating whether there is more to the output than <see cref="Output"/>: a run that goes on repeats the
    /// task if another needs it.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool Partial { get; init; }

    /// <summary>Gets what the task wrote beside its output, if that is to be remembered; null for nothing.</summary>
    public IReadOnlyList<StreamText>? Streams { get; init; }

    /// <summary>Gets why the task failed; null if it did not.</summary>
    public TaskError? Error { get; init; }

    /// <summary>Gets whether the task runs: the answer to <see cref="RunAsk.Decide"/>.</summary>
    public bool? Runs { get; init; }

    /// <summary>Gets what is inside the task: the answer to <see cref="RunAsk.Expand"/>.</summary>
    public IReadOnlyList<GraphTask>? Tasks { get; init; }
}

/// <summary>Why a task failed.</summary>
/// <param name="Message">For a person.</param>
/// <param name="Kind">The host's word for what failed, 0 to 65,535; <see cref="GraphRetry.OnKinds"/> compares it.</param>
public sealed record TaskError(string Message, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] int Kind = 0);
