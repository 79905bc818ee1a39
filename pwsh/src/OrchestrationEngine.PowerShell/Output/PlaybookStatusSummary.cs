using System.Collections.Generic;
using System.Linq;
using OrchestrationEngine.Native;

namespace OrchestrationEngine.PowerShell;

/// <summary>The workflows of this session and those that are kept: which run, and which have ended.</summary>
public sealed class PlaybookStatusSummary
{
    internal PlaybookStatusSummary(IReadOnlyList<PlaybookWorkflow> workflows)
    {
        Active = workflows.Where(workflow => workflow.Status == RunStatus.Running).ToArray();
        History = workflows.Where(workflow => workflow.Status != RunStatus.Running).ToArray();
    }

    /// <summary>Gets those that run, the latest first.</summary>
    public IReadOnlyList<PlaybookWorkflow> Active { get; }

    /// <summary>Gets those that have ended, the latest first.</summary>
    public IReadOnlyList<PlaybookWorkflow> History { get; }

    /// <summary>Gets how many run.</summary>
    public int TotalActive => Active.Count;

    /// <summary>Gets how many have ended.</summary>
    public int TotalHistory => History.Count;

    /// <inheritdoc/>
    public override string ToString() => $"{TotalActive} active, {TotalHistory} ended";
}
