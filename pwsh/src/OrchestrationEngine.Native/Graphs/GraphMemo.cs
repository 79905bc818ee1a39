using System;
using System.Collections.Generic;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace OrchestrationEngine.Native;

/// <summary>
/// What the result of a task depends on. If the same has succeeded before, the task is not run, but succeeds with what it
/// gave out then. The run needs a <see cref="Graph.State"/>.
/// </summary>
public sealed record GraphMemo
{
    /// <summary>Gets the kind of what is run; null for none.</summary>
    public string? Kind { get; init; }

    /// <summary>Gets the content of what is run; null for programs, which have their arguments.</summary>
    public string? Script { get; init; }

    /// <summary>Gets the texts of the functions that it may call, by name.</summary>
    public IReadOnlyDictionary<string, string> Functions { get; init; } = new Dictionary<string, string>();

    /// <summary>Gets what its parameters are, by name.</summary>
    public IReadOnlyDictionary<string, JsonElement> Parameters { get; init; } = new Dictionary<string, JsonElement>();

    /// <summary>Gets what the values are that it takes from its surroundings, by name.</summary>
    public IReadOnlyDictionary<string, JsonElement> Using { get; init; } = new Dictionary<string, JsonElement>();

    /// <summary>Gets the files and folders that it reads; their content counts, and so does that there is none.</summary>
    public IReadOnlyList<string> Inputs { get; init; } = [];

    /// <summary>Gets the environment variables that it reads, by name; null for one that is not there.</summary>
    public IReadOnlyDictionary<string, string?> Environment { get; init; } = new Dictionary<string, string?>();

    /// <summary>Gets the folder that it runs in; null for none, of programs for the one that they start in.</summary>
    public string? Folder { get; init; }

    /// <summary>Gets what runs it, and which version.</summary>
    public string Host { get; init; } = string.Empty;

    /// <summary>Gets what it can be cleared by; null for the name of the plan, a slash and the name of the task.</summary>
    public string? Label { get; init; }

    /// <summary>Gets for how long a result is good; null for ever.</summary>
    [JsonPropertyName("maxAgeSeconds")]
    public TimeSpan? MaximumAge { get; init; }
}
