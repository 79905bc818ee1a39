using System.Globalization;

namespace OrchestrationEngine.PowerShell.Workflows;

/// <summary>How the end of a step reads in one line; as the command line has it.</summary>
internal static class StepText
{
    /// <summary>The line; null for a step that only holds others, unless it was skipped with them.</summary>
    internal static string? HeadingOf(PlaybookStepResult step)
    {
        var name = step.StepName;
        var time = string.Create(CultureInfo.InvariantCulture, $"{step.Duration.TotalSeconds:0.00} s");
        return step.Status switch
        {
            PlaybookStepStatus.Skipped => $"  - {name} skipped: {step.Reason}",
            _ when step.IsGroup => null,
            PlaybookStepStatus.Succeeded when step.Kept => $"  = {name} (kept)",
            PlaybookStepStatus.Succeeded => $"  + {name} ({time})",
            PlaybookStepStatus.TimedOut => $"  x {name} reached its time limit ({time})",
            PlaybookStepStatus.Stopped => $"  x {name} was stopped ({time})",
            _ => $"  x {name} failed: {step.Error?.Exception.Message ?? "it did not say why."} ({time})",
        };
    }
}
