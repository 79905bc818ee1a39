using System;
using System.Collections.Generic;
using System.Linq;
using System.Text.Json;
using OrchestrationEngine.PowerShell.Playbooks;

namespace OrchestrationEngine.PowerShell;

/// <summary>What a playbook would do, and in which order.</summary>
public sealed class PlaybookPlan
{
    /// <summary>Initializes a new instance of the <see cref="PlaybookPlan"/> class.</summary>
    /// <param name="answer">What the engine says.</param>
    /// <param name="source">The playbook that was asked about.</param>
    internal PlaybookPlan(JsonElement answer, PlaybookSource source)
    {
        Name = source.Title ?? answer.Text("name")!;
        Description = answer.Text("description");
        EnvironmentContext = answer.Text("environment");
        ThrottleLimit = answer.Count("maxConcurrency");
        IsUsable = answer.Flag("isUsable");
        Steps = answer.List("steps").Select(step => new PlaybookPlanStep(step)).ToArray();
        NeedsPowerShell = answer.Texts("needsPowerShell");
        LowerBound = PlaybookPlanStep.Seconds(answer, "lowerBoundSeconds");
        SequentialDuration = PlaybookPlanStep.Seconds(answer, "sequentialSeconds");
        var diagnostics = PlaybookDiagnostic.Read(answer, source);
        Errors = diagnostics.Where(it => !it.IsWarning).ToArray();
        Warnings = diagnostics.Where(it => it.IsWarning).ToArray();
    }

    /// <summary>Gets the name of the playbook.</summary>
    public string Name { get; }

    /// <summary>Gets what it is for; null if it does not say.</summary>
    public string? Description { get; }

    /// <summary>Gets the environment that it would run in.</summary>
    public string? EnvironmentContext { get; }

    /// <summary>Gets how many steps would run at once; null if nothing says it.</summary>
    public int? ThrottleLimit { get; }

    /// <summary>Gets a value indicating whether it could be started like this.</summary>
    public bool IsUsable { get; }

    /// <summary>Gets what it would do, in the order in which it is written.</summary>
    public IReadOnlyList<PlaybookPlanStep> Steps { get; }

    /// <summary>Gets the paths of the steps that only PowerShell can do.</summary>
    public IReadOnlyList<string> NeedsPowerShell { get; }

    /// <summary>Gets the time that no order could beat, with the durations of runs before; null if none are remembered.</summary>
    public TimeSpan? LowerBound { get; }

    /// <summary>Gets what the steps took one after another in runs before; null if none are remembered.</summary>
    public TimeSpan? SequentialDuration { get; }

    /// <summary>Gets what keeps it from starting like this.</summary>
    public IReadOnlyList<PlaybookDiagnostic> Errors { get; }

    /// <summary>Gets what is odd in it.</summary>
    public IReadOnlyList<PlaybookDiagnostic> Warnings { get; }

    /// <inheritdoc/>
    public override string ToString() =>
        $"{Name} in {EnvironmentContext}: {Steps.Count} steps in {Steps.Select(step => step.Wave).DefaultIfEmpty().Max()} waves"
        + (LowerBound is { } bound ? FormattableString.Invariant($", at least {bound.TotalSeconds:0.###} s.") : ".");
}
