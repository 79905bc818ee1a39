using System;
using System.Collections.Generic;
using System.Text.Json;
using OrchestrationEngine.PowerShell.Playbooks;

namespace OrchestrationEngine.PowerShell;

/// <summary>One thing that a playbook would do.</summary>
public sealed class PlaybookPlanStep
{
    /// <summary>Initializes a new instance of the <see cref="PlaybookPlanStep"/> class.</summary>
    /// <param name="told">What the engine says of it.</param>
    internal PlaybookPlanStep(JsonElement told)
    {
        Path = told.Text("path")!;
        Kind = told.Text("kind")!;
        Description = told.Text("description");
        Wave = told.Count("wave") ?? 1;
        IsConditional = told.Flag("conditional");
        Condition = told.Text("condition");
        IsFinally = told.Flag("finally");
        Needs = told.Texts("needs");
        Timeout = Seconds(told, "timeoutSeconds");
        RetryCount = told.Count("retryCount") ?? 0;
        ContinueOnError = told.Flag("continueOnError");
        Approval = told.Text("approval");
        Estimate = Seconds(told, "estimateSeconds");
    }

    /// <summary>Gets its name with those that it is inside: <c>outer/inner</c>.</summary>
    public string Path { get; }

    /// <summary>Gets who does it: PowerShell, a shell, script, program, or steps for those inside it.</summary>
    public string Kind { get; }

    /// <summary>Gets what it is for; null if it does not say.</summary>
    public string? Description { get; }

    /// <summary>Gets its wave among those beside it, from 1: those of one wave may run at once.</summary>
    public int Wave { get; }

    /// <summary>Gets a value indicating whether something is asked before it runs.</summary>
    public bool IsConditional { get; }

    /// <summary>Gets what is asked, as far as the engine says it.</summary>
    public string? Condition { get; }

    /// <summary>Gets a value indicating whether it runs at the end, however it went.</summary>
    public bool IsFinally { get; }

    /// <summary>Gets the paths of the steps beside it that have to be over before.</summary>
    public IReadOnlyList<string> Needs { get; }

    /// <summary>Gets how long an attempt may take; null for as long as it needs.</summary>
    public TimeSpan? Timeout { get; }

    /// <summary>Gets how often it is tried again.</summary>
    public int RetryCount { get; }

    /// <summary>Gets a value indicating whether its failure is tolerated.</summary>
    public bool ContinueOnError { get; }

    /// <summary>Gets what a person has to agree to before anything starts; null if nobody has to.</summary>
    public string? Approval { get; }

    /// <summary>Gets how long it took in runs before; null if none is remembered.</summary>
    public TimeSpan? Estimate { get; }

    /// <inheritdoc/>
    public override string ToString() => Path;

    /// <summary>A time in an answer.</summary>
    internal static TimeSpan? Seconds(JsonElement told, string key) =>
        told.Number(key) is { } seconds && seconds < TimeSpan.MaxValue.TotalSeconds ? TimeSpan.FromSeconds(seconds) : null;
}
