using System.Collections.Generic;
using System.Linq;
using System.Text.Json;

namespace OrchestrationEngine.PowerShell.Reports;

/// <summary>Finds the tasks of a kept run that would have to be faster for the run to be, however many slots there are.</summary>
internal static class CriticalPath
{
    private static readonly string[] Edges = ["dependsOn", "after"];

    /// <summary>The names of the tasks on the longest way through what waits for what.</summary>
    /// <param name="tasks">The tasks, as the store tells of them.</param>
    internal static HashSet<string> Of(IReadOnlyList<JsonElement> tasks)
    {
        var byName = tasks.ToDictionary(task => task.GetProperty("name").GetString()!);
        var lengths = new Dictionary<string, double>();
        var path = new HashSet<string>();
        var next = byName.Keys.MaxBy(LengthOf);
        while (next is not null && lengths[next] > 0)
        {
            path.Add(next);
            next = Before(byName[next]).MaxBy(LengthOf);
        }

        return path;

        // Each comes after those that it waits for, so a stack of them ends; a run that was kept has no circles.
        double LengthOf(string last)
        {
            var waiting = new Stack<string>([last]);
            while (waiting.TryPeek(out var name))
            {
                var before = Before(byName[name]);
                var unknown = before.Where(other => !lengths.ContainsKey(other)).ToList();
                unknown.ForEach(waiting.Push);
                if (unknown.Count == 0)
                {
                    lengths[waiting.Pop()] = DurationOf(byName[name]) + before.Select(other => lengths[other]).DefaultIfEmpty().Max();
                }
            }

            return lengths[last];
        }

        List<string> Before(JsonElement task) => Edges
            .SelectMany(key => task.GetProperty(key).EnumerateArray())
            .Select(name => name.GetString()!)
            .Where(byName.ContainsKey)
            .ToList();
    }

    private static double DurationOf(JsonElement task) =>
        task.GetProperty("durationSeconds") is { ValueKind: JsonValueKind.Number } duration ? duration.GetDouble() : 0;
}
