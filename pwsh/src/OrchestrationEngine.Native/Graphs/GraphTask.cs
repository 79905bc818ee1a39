using System;
using System.Collections.Generic;
using System.Text.Json.Serialization;

namespace OrchestrationEngine.Native;

/// <summary>One unit of work of a graph.</summary>
public sealed record GraphTask
{
    /// <summary>Gets the name, unique among the tasks beside it.</summary>
    public required string Name { get; init; }

    /// <summary>Gets who does it.</summary>
    public GraphTaskKind Kind { get; init; }

    /// <summary>Gets the names of the tasks beside it that have to succeed before.</summary>
    public IReadOnlyList<string> DependsOn { get; init; } = [];

    /// <summary>Gets the names of the tasks beside it that have to be over before, however they ended.</summary>
    public IReadOnlyList<string> After { get; init; } = [];

    /// <summary>Gets the phase, from 0: it starts once every task of a lower one beside it is over.</summary>
    public int? Phase { get; init; }

    /// <summary>Gets the group whose slots it takes, too; null for none.</summary>
    public string? Group { get; init; }

    /// <summary>Gets how many slots it takes, from 1; null for 1.</summary>
    public int? Weight { get; init; }

    /// <summary>Gets what comes first among those that are ready: higher before lower.</summary>
    public short Priority { get; init; }

    /// <summary>Gets how long it is thought to take; null if nobody knows.</summary>
    [JsonPropertyName("estimateSeconds")]
    public TimeSpan? Estimate { get; init; }

    /// <summary>Gets how long an attempt may run, from its real start; null for no limit.</summary>
    [JsonPropertyName("timeoutSeconds")]
    public TimeSpan? Timeout { get; init; }

    /// <summary>Gets when it is tried again; null for never.</summary>
    public GraphRetry? Retry { get; init; }

    /// <summary>
    /// Gets a word that changes with what the host does for it: a run does not go on with another one. Null for none.
    /// </summary>
    public string? Content { get; init; }

    /// <summary>Gets what its result depends on, if that is to be remembered; of tasks of the host and programs.</summary>
    public GraphMemo? Memo { get; init; }

    /// <summary>Gets a value indicating whether the host is asked if it runs, once it is ready.</summary>
    public bool Conditional { get; init; }

    /// <summary>Gets a value indicating whether it runs after all others, however those ended.</summary>
    public bool Finally { get; init; }

    /// <summary>Gets a value indicating whether its failure stops and skips nobody.</summary>
    public bool ContinueOnError { get; init; }

    /// <summary>
    /// Gets what becomes of it if the run is interrupted meanwhile; of tasks of the host and programs.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public OnResume OnResume { get; init; }

    /// <summary>Gets the tasks inside it; for <see cref="GraphTaskKind.Graph"/> and <see cref="GraphTaskKind.Race"/>.</summary>
    public IReadOnlyList<GraphTask>? Tasks { get; init; }

    /// <summary>Gets the program and its arguments; for <see cref="GraphTaskKind.Program"/>, as what follows.</summary>
    [JsonPropertyName("argv")]
    public IReadOnlyList<string>? Arguments { get; init; }

    /// <summary>Gets what the program finds in its environment beside what the process has; null takes away.</summary>
    [JsonPropertyName("env")]
    public IReadOnlyDictionary<string, string?>? Environment { get; init; }

    /// <summary>Gets the folder that the program starts in; null for that of the process.</summary>
    [JsonPropertyName("cwd")]
    public string? WorkingDirectory { get; init; }

    /// <summary>Gets how long the program may take to end after it was asked to; null for the engine's default.</summary>
    [JsonPropertyName("graceSeconds")]
    public TimeSpan? Grace { get; init; }

    /// <summary>Gets how many bytes of each of its outputs are kept; null for the engine's default.</summary>
    public long? MaxOutputBytes { get; init; }

    /// <summary>Gets the exit codes that are a success; null for 0 alone.</summary>
    public IReadOnlyList<int>? SuccessCodes { get; init; }
}
