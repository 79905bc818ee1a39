using System;
using System.Collections.Generic;

namespace OrchestrationEngine.PowerShell.Runspaces;

/// <summary>That the result of a task is to be remembered, and by what of its own.</summary>
internal sealed record MemoRequest
{
    /// <summary>Gets which key of the task says what is run.</summary>
    internal required string Kind { get; init; }

    /// <summary>Gets the text of what is run, or a hash of it.</summary>
    internal required string Script { get; init; }

    /// <summary>Gets for how long a result is good; null for ever.</summary>
    internal TimeSpan? Life { get; init; }

    /// <summary>Gets the files that it reads: paths, and patterns for such, as they were written.</summary>
    internal IReadOnlyList<string> Inputs { get; init; } = [];
}
