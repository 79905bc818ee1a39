using System;
using System.Collections.Generic;
using System.Management.Automation;
using OrchestrationEngine.Native;

namespace OrchestrationEngine.PowerShell.Tasks;

/// <summary>A task of a call as it was written, read and checked. What is null was not given.</summary>
internal sealed record TaskDefinition
{
    /// <summary>Gets which task of the list it is.</summary>
    internal required TaskPlace Place { get; init; }

    /// <summary>Gets the name, unique in the list whatever the case; given or made of what is run.</summary>
    internal string Name { get; init; } = string.Empty;

    /// <summary>Gets a value indicating whether somebody gave it its name.</summary>
    internal bool IsNamed { get; init; }

    /// <summary>Gets the script to run. Of this, <see cref="ScriptBlock"/> and <see cref="Command"/> just one is there.</summary>
    internal OrchestrationScript? Script { get; init; }

    /// <summary>Gets the script block to run.</summary>
    internal ScriptBlock? ScriptBlock { get; init; }

    /// <summary>Gets the command to run, as it would be typed.</summary>
    internal string? Command { get; init; }

    /// <summary>Gets the values for the parameters of what is run, in their order, by name in whatever case.</summary>
    internal IReadOnlyList<KeyValuePair<string, object?>> Parameters { get; init; } = [];

    /// <summary>Gets the names of the tasks that have to succeed before, each once.</summary>
    internal IReadOnlyList<string> DependsOn { get; init; } = [];

    /// <summary>Gets the phase, from 0: it starts once every task of a lower one is over.</summary>
    internal int? Phase { get; init; }

    /// <summary>Gets the group whose slots it takes, too.</summary>
    internal string? Group { get; init; }

    /// <summary>Gets how many slots it takes, from 1.</summary>
    internal int Weight { get; init; } = 1;

    /// <summary>Gets what comes first among those that are ready: higher before lower.</summary>
    internal short Priority { get; init; }

    /// <summary>Gets how long an attempt may run; zero for no limit, whatever that of the call.</summary>
    internal TimeSpan? Timeout { get; init; }

    /// <summary>Gets how many attempts may follow the first.</summary>
    internal int? RetryCount { get; init; }

    /// <summary>Gets how long it waits before the first of them.</summary>
    internal TimeSpan? RetryDelay { get; init; }

    /// <summary>Gets how that wait grows.</summary>
    internal RetryBackoff? RetryBackoff { get; init; }

    /// <summary>Gets a value indicating whether its failure stops and skips nobody.</summary>
    internal bool ContinueOnError { get; init; }

    /// <summary>Gets what becomes of it if the process dies while it runs, once its run goes on.</summary>
    internal OnResume OnResume { get; init; }

    /// <summary>Gets for how long its result is used again; null for never.</summary>
    internal TaskMemo? Memo { get; init; }

    /// <summary>Gets the files that its result depends on, as they were written.</summary>
    internal IReadOnlyList<string> Inputs { get; init; } = [];

    /// <summary>Gets what decides whether it runs, once it is ready: a script block, or what was decided at the call.</summary>
    internal TaskCondition? Condition { get; init; }

    /// <summary>Gets a value indicating whether it runs after all others, however those ended.</summary>
    internal bool Finally { get; init; }

    /// <summary>The task as the engine is given it: everything but what is run.</summary>
    internal GraphTask ToGraphTask() => new()
    {
        Name = Name,
        Kind = GraphTaskKind.Host,
        DependsOn = DependsOn,
        Phase = Phase,
        Group = Group,
        Weight = Weight,
        Priority = Priority,
        Timeout = Timeout > TimeSpan.Zero ? Timeout : null,
        Retry = ToRetry(),
        Conditional = Condition is not null,
        Finally = Finally,
        ContinueOnError = ContinueOnError,
        OnResume = OnResume,
    };

    private GraphRetry? ToRetry() => RetryCount is not > 0
        ? null
        : new GraphRetry
        {
            Count = RetryCount.Value,
            Delay = RetryDelay,
            Exponential = RetryBackoff == PowerShell.RetryBackoff.Exponential,
        };
}
