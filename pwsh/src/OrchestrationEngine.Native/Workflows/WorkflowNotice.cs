using System;
using System.Collections.Generic;
using System.Linq;

namespace OrchestrationEngine.Native;

/// <summary>Something that a playbook wants to have told: its notifications. Values of secrets are masked.</summary>
public sealed record WorkflowNotice
{
    /// <summary>Gets when: <c>Start</c>, <c>Success</c>, <c>Failure</c> or <c>Warning</c>.</summary>
    public required string Moment { get; init; }

    /// <summary>Gets what, with its values.</summary>
    public required string Message { get; init; }

    /// <summary>Gets how loud, such as <c>warning</c>; null if the playbook does not say.</summary>
    public string? Level { get; init; }

    /// <summary>Gets where; everywhere if it is empty.</summary>
    public IReadOnlyList<string> Channels { get; init; } = [];

    /// <summary>Gets a value indicating whether it is for those who watch the workflow.</summary>
    public bool IsForConsole => Channels.Count == 0 || Channels.Contains("console", StringComparer.OrdinalIgnoreCase);

    /// <summary>Says it with its level.</summary>
    /// <returns>The text, as the command line shows it, too.</returns>
    public override string ToString() => $"notice ({Level ?? "info"}): {Message}";
}
