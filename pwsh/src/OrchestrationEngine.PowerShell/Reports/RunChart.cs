using System.Collections.Generic;
using System.Linq;
using System.Text.Json;

namespace OrchestrationEngine.PowerShell.Reports;

/// <summary>A run as it is drawn; the engine's words and units.</summary>
/// <param name="Title">What it is called.</param>
/// <param name="Status">How it stands.</param>
/// <param name="DurationSeconds">How long it took.</param>
/// <param name="Tasks">Its tasks, in the order in which they are drawn.</param>
internal sealed record RunChart(string Title, string Status, double DurationSeconds, IReadOnlyList<TaskBar> Tasks)
{
    /// <summary>The chart of a run of this process.</summary>
    internal static RunChart Of(TaskRunSummary run)
    {
        var critical = run.CriticalPath.ToHashSet();
        return new RunChart(
            run.RunId ?? string.Empty,
            run.Status.ToString(),
            run.Duration.TotalSeconds,
            run.Tasks.Select(task => BarOf(task, run, task.Attempts > 0 && critical.Contains(task.Name))).ToList());
    }

    /// <summary>The chart of a run that is kept.</summary>
    /// <param name="answer">What the store says of it.</param>
    internal static RunChart Of(JsonElement answer)
    {
        var run = answer.GetProperty("run");
        var begun = run.GetProperty("begun").GetDouble();
        var tasks = answer.GetProperty("tasks").EnumerateArray().ToList();
        var critical = CriticalPath.Of(tasks);
        return new RunChart(
            TextOf(run, "id")!,
            TextOf(run, "reason") == "Interrupted" ? "Interrupted" : TextOf(run, "status")!,
            NumberOf(run, "durationSeconds") ?? 0,
            tasks.Select(task => BarOf(task, begun, critical)).ToList());
    }

    private static TaskBar BarOf(TaskResult task, TaskRunSummary run, bool isCritical) => new(
        task.Name,
        task.Status.ToString(),
        task.Kept ? null : (task.LastStart - run.StartTime)?.TotalSeconds,
        task.Duration.TotalSeconds,
        task.Worker,
        task.Attempts,
        isCritical,
        task.Error?.Exception.Message ?? task.Reason ?? (task.Kept ? "It had succeeded before the run was resumed." : null));

    private static TaskBar BarOf(JsonElement task, double begun, HashSet<string> critical)
    {
        var name = TextOf(task, "name")!;
        var attempts = task.GetProperty("attempts").EnumerateArray().ToList();
        return new TaskBar(
            name,
            TextOf(task, "state")!,
            NumberOf(task, "startedAt") - begun,
            NumberOf(task, "durationSeconds") ?? 0,
            attempts.Count > 0 ? (int?)NumberOf(attempts[^1], "worker") : null,
            attempts.Count,
            critical.Contains(name),
            TextOf(task, "error"));
    }

    private static string? TextOf(JsonElement of, string key) =>
        of.TryGetProperty(key, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static double? NumberOf(JsonElement of, string key) =>
        of.TryGetProperty(key, out var value) && value.ValueKind == JsonValueKind.Number ? value.GetDouble() : null;
}
