using System;
using System.Collections.Generic;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace OrchestrationEngine.Native;

/// <summary>Tasks, what each waits for, and how they are run. It is checked when a <see cref="Run"/> starts.</summary>
public sealed record Graph
{
    /// <summary>Gets the tasks, in an order of which nothing but ties depends.</summary>
    public required IReadOnlyList<GraphTask> Tasks { get; init; }

    /// <summary>Gets how many slots the run has, from 1; null for the processors, at least 5.</summary>
    public int? MaxConcurrency { get; init; }

    /// <summary>Gets slots that some tasks share beside those of the run.</summary>
    public IReadOnlyList<GraphGroup> Groups { get; init; } = [];

    /// <summary>Gets a value indicating whether the first failure stops the run.</summary>
    public bool StopOnError { get; init; }

    /// <summary>Gets how many failures the run bears before it stops; null for any number.</summary>
    public int? AllowedFailures { get; init; }

    /// <summary>Gets how long the run may take; null for no limit.</summary>
    [JsonPropertyName("timeoutSeconds")]
    public TimeSpan? Timeout { get; init; }

    /// <summary>Gets how long a worker may go on after a stop before it is given up; null for 5 seconds.</summary>
    [JsonPropertyName("graceSeconds")]
    public TimeSpan? Grace { get; init; }

    /// <summary>Gets what the random part of delays depends on: the same seed gives the same delays.</summary>
    public long JitterSeed { get; init; }

    /// <summary>Gets where the run is kept; null for nowhere.</summary>
    public GraphState? State { get; init; }

    /// <summary>The graph as the C header documents it at <c>oe_run_start</c>.</summary>
    /// <returns>JSON.</returns>
    public string ToJson() => JsonSerializer.Serialize(this, RunJson.Default.Graph);
}
