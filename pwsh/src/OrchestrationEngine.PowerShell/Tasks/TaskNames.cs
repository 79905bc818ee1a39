using System;
using System.Collections.Generic;
using System.Linq;
using OrchestrationEngine.PowerShell.Runspaces;
using OrchestrationEngine.PowerShell.Scripts;

namespace OrchestrationEngine.PowerShell.Tasks;

/// <summary>Gives names to tasks that have none, and finds the tasks that others name.</summary>
internal static class TaskNames
{
    // Commands may be long.
    private const int MostLetters = 40;

    /// <summary>
    /// The tasks, each with a name: its script's number or name, its command, or its place. A second one of the same script
    /// is 0407#2.
    /// </summary>
    /// <param name="tasks">The tasks, of which some have names.</param>
    /// <exception cref="CallRefusedException">Two were given the same name.</exception>
    internal static TaskDefinition[] Complete(IReadOnlyList<TaskDefinition> tasks)
    {
        var taken = new Dictionary<string, TaskDefinition>(StringComparer.OrdinalIgnoreCase);
        foreach (var task in tasks.Where(task => task.IsNamed))
        {
            if (!taken.TryAdd(task.Name, task))
            {
                throw new CallRefusedException(TaskErrors.NameTwice(task.Place, taken[task.Name].Place));
            }
        }

        var used = new Dictionary<string, int>(StringComparer.OrdinalIgnoreCase);
        return tasks.Select(task => task.IsNamed ? task : task with { Name = Make(task, taken, used) }).ToArray();
    }

    /// <summary>The tasks, each of which waits for others by their names.</summary>
    /// <param name="tasks">The tasks, all with names.</param>
    /// <exception cref="CallRefusedException">One waits for what is not there.</exception>
    internal static TaskDefinition[] Connect(IReadOnlyList<TaskDefinition> tasks)
    {
        var byName = tasks.ToDictionary(task => task.Name, StringComparer.OrdinalIgnoreCase);
        var byScript = tasks
            .Where(task => task.Script is not null)
            .SelectMany(task => Words(task.Script!).Select(word => (Word: word, Task: task)))
            .ToLookup(entry => entry.Word, entry => entry.Task, StringComparer.OrdinalIgnoreCase);
        return tasks.Select(task => task with { DependsOn = Needed(task) }).ToArray();

        string[] Needed(TaskDefinition task) => task.DependsOn
            .SelectMany(word => Meant(word, task, byName, byScript))
            .Select(other => other.Name)
            .Distinct(StringComparer.OrdinalIgnoreCase)
            .ToArray();
    }

    // A name that somebody gave; else all other tasks that run the script of that number or name; else a name that was made.
    private static TaskDefinition[] Meant(
        string word,
        TaskDefinition asking,
        Dictionary<string, TaskDefinition> byName,
        ILookup<string, TaskDefinition> byScript)
    {
        var named = byName.GetValueOrDefault(word);
        if (named is { IsNamed: true })
        {
            return [named];
        }

        var reference = new ScriptReference(word, IsExclusion: false);
        var running = byScript[reference.Number is { } number ? ScriptReference.Show(number) : reference.Name]
            .Where(task => task != asking)
            .ToArray();
        return running.Length > 0 ? running
            : named is not null ? [named]
            : throw new CallRefusedException(TaskErrors.UnknownDependency(asking.Place, word, byName.Keys));
    }

    private static IEnumerable<string> Words(OrchestrationScript script) =>
        new[] { script.Value is { } number ? ScriptReference.Show(number) : null, script.Name, script.FileName }
            .OfType<string>()
            .Distinct(StringComparer.OrdinalIgnoreCase);

    private static string Make(TaskDefinition task, Dictionary<string, TaskDefinition> taken, Dictionary<string, int> used)
    {
        var start = Start(task);
        string name;
        do
        {
            // Counting goes on where it was, so that a script that is there a thousand times is named in no time.
            var count = used[start] = used.GetValueOrDefault(start) + 1;
            name = count == 1 ? start : $"{start}#{count}";
        }
        while (!taken.TryAdd(name, task));

        return name;
    }

    private static string Start(TaskDefinition task)
    {
        if (task.Script is { } script)
        {
            return script.Number ?? script.Name;
        }

        var line = task.Command?.Split('\n')[0].Trim();
        return line is null ? $"Task {task.Place.Number}"
            : line.Length <= MostLetters ? line
            : line[..(MostLetters - 1)] + "…";
    }
}
