using System;
using System.Collections.Generic;
using System.Text.Json.Serialization;

namespace OrchestrationEngine.Native;

/// <summary>When a task is tried again.</summary>
public sealed record GraphRetry
{
    /// <summary>Gets how many attempts may follow the first.</summary>
    public required int Count { get; init; }

    /// <summary>Gets how long it waits in between, holding no slot; null for not at all.</summary>
    [JsonPropertyName("delaySeconds")]
    public TimeSpan? Delay { get; init; }

    /// <summary>Gets a value indicating whether the delay doubles from attempt to attempt.</summary>
    public bool Exponential { get; init; }

    /// <summary>Gets the longest delay, if it doubles; null for an hour.</summary>
    [JsonPropertyName("maxDelaySeconds")]
    public TimeSpan? MaximumDelay { get; init; }

    /// <summary>Gets the part of each delay that is random, from 0 to 1.</summary>
    public double Jitter { get; init; }

    /// <summary>Gets whether an attempt that has reached its time limit is tried again; null for yes.</summary>
    public bool? OnTimeout { get; init; }

    /// <summary>Gets the kinds of failures that are tried again; null for all.</summary>
    public IReadOnlyList<int>? OnKinds { get; init; }
}
