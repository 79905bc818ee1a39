using System;
using System.Collections;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using System.Management.Automation.Language;
using OrchestrationEngine.Native;
using OrchestrationEngine.PowerShell.Output;
using OrchestrationEngine.PowerShell.Runspaces;
using OrchestrationEngine.PowerShell.Tasks;

namespace OrchestrationEngine.PowerShell.Calls;

/// <summary>Makes of tasks that were read what the engine runs and what workers need to know.</summary>
internal static class TaskGraphMaker
{
    /// <summary>How long a stopped task may go on before its worker is given up.</summary>
    private static readonly TimeSpan StopGrace = TimeSpan.FromMilliseconds(300);

    /// <exception cref="CallRefusedException">A task asks for what cannot be done, or its command is no PowerShell.</exception>
    /// <param name="tasks">The tasks.</param>
    /// <param name="options">What the caller asked for.</param>
    /// <param name="location">The full path of the caller's folder.</param>
    internal static TaskGraph Make(IReadOnlyList<TaskDefinition> tasks, CallOptions options, string location)
    {
        var keeping = KeepingOf(tasks, options);
        var graph = new Graph
        {
            Tasks = tasks.Select(task => ToGraphTask(WithGroup(task, options.Groups.Keys), keeping is not null)).ToList(),
            Groups = options.Groups.Select(group => new GraphGroup(group.Key, group.Value)).ToList(),
            MaxConcurrency = options.ThrottleLimit,
            StopOnError = options.StopsOnError,
            Timeout = options.Timeout,
            Grace = StopGrace,
            State = keeping is null ? null : StateOf(keeping, StateFolder.Find(location)) with { NoCache = options.NoCache },
        };
        return new TaskGraph(graph, tasks.Select(WorkOf).ToList());
    }

    /// <summary>The blocks of tasks that can have $using: expressions.</summary>
    internal static IEnumerable<Ast> BlocksOf(TaskGraph tasks) =>
        tasks.Works.SelectMany(task => new[] { task.Block, task.Condition }).OfType<Ast>();

    /// <summary>Whether a task can leave something in its runspace; of scripts nobody knows.</summary>
    internal static bool LeaveTraces(TaskGraph tasks, SessionRecipe recipe) =>
        tasks.Works.Any(task => task.Command is not null || TraceAnalysis.LeavesTraces(task.Block!, recipe)
            || (task.Condition is { } condition && TraceAnalysis.LeavesTraces(condition, recipe)));

    // Results are remembered by runs that are kept, so one that has no name is, too.
    private static RunKeeping? KeepingOf(IReadOnlyList<TaskDefinition> tasks, CallOptions options)
    {
        if (options.Keeping is { IsForMemosOnly: false } named)
        {
            return named;
        }

        if (tasks.Any(task => task.Memo is not null) && !options.NoCache)
        {
            return options.Keeping ?? new RunKeeping { IsForMemosOnly = true };
        }

        if (options.Keeping is not null)
        {
            throw new CallRefusedException(KeepingErrors.NothingIsKept("KeepRuns"));
        }

        return tasks.FirstOrDefault(task => task.OnResume != OnResume.Rerun) is { } task
            ? throw new CallRefusedException(KeepingErrors.NeverResumed(task.Name, task.OnResume))
            : null;
    }

    // To the engine, large and small letters are different ones.
    private static TaskDefinition WithGroup(TaskDefinition task, IEnumerable<string> groups)
    {
        if (task.Group is not { } group)
        {
            return task;
        }

        var known = groups.FirstOrDefault(name => name.Equals(group, StringComparison.OrdinalIgnoreCase));
        return known is not null
            ? task with { Group = known }
            : throw new CallRefusedException(TaskRunErrors.GroupUnknown(task.Name, group, groups));
    }

    private static GraphTask ToGraphTask(TaskDefinition task, bool isKept) => isKept
        ? task.ToGraphTask() with { Content = TaskContent.Of(task) }
        : task.ToGraphTask();

    // Names repeat, ids do not. A run that failed goes on with what failed, too: that is what somebody has mended.
    private static GraphState StateOf(RunKeeping keeping, string folder) => new()
    {
        Folder = folder,
        Name = keeping.Name,
        Run = keeping.Resumes ? keeping.Name : $"{keeping.Name}-{DateTime.Now:yyyyMMdd-HHmmss}-{Random.Shared.Next(0x10000):x4}",
        Resume = keeping.Resumes ? ResumeMode.Unsuccessful : null,
        AcceptsChangedPlan = keeping.AcceptsChanges,
        Durability = keeping.Durability,
        KeepRuns = keeping.KeepRuns,
    };

    private static TaskWork WorkOf(TaskDefinition task)
    {
        var work = new TaskWork
        {
            Name = task.Name,
            Command = task.Script?.Path,
            Block = task.Command is null ? CallerSession.AstOf(task.ScriptBlock) : BlockOf(task, task.Command),
            Condition = ConditionOf(task.Condition),
            Parameters = TableOf(task.Parameters),
            MayFail = task.ContinueOnError,
            Memo = TaskContent.MemoOf(task),
        };
        return work with { RunsAlone = work.Values.Any(ClassAffinity.IsBound) };
    }

    private static ScriptBlockAst? ConditionOf(TaskCondition? condition) => condition switch
    {
        null => null,
        { Block: { } block } => CallerSession.AstOf(block),
        { Value: var value } => Parse(value ? "$true" : "$false"),
    };

    // A single command takes the parameters of the task, which the runner holds (see TaskCall). If it cannot be found, or
    // throws, that is the end of the task: there is nothing to go on with. What the last of several commands ended with is
    // what they all did, as in a shell.
    private static ScriptBlockAst BlockOf(TaskDefinition task, string command)
    {
        var block = Parser.ParseInput(command, out _, out var errors);
        if (errors.Length > 0)
        {
            throw new CallRefusedException(TaskRunErrors.CommandUnreadable(task.Name, command, errors[0]));
        }

        var isSingle = block is { ParamBlock: null, BeginBlock: null, ProcessBlock: null, EndBlock.Statements: [PipelineAst { PipelineElements: [CommandAst] }] };
        if (!isSingle && task.Parameters.Count > 0)
        {
            throw new CallRefusedException(TaskRunErrors.CommandTakesNoParameters(task.Name, command));
        }

        return isSingle ? Parse($"try {{ {command} @__parameters\n}} catch {{ throw }}\n{TaskCall.CommandEnd}")
            : block is { ParamBlock: null, BeginBlock: null, ProcessBlock: null } ? Parse($"{command}\n{TaskCall.CommandEnd}")
            : block;
    }

    private static ScriptBlockAst Parse(string text) => (ScriptBlockAst)ScriptBlock.Create(text).Ast;

    private static Hashtable TableOf(IReadOnlyList<KeyValuePair<string, object?>> parameters)
    {
        var table = new Hashtable(StringComparer.OrdinalIgnoreCase);
        foreach (var (name, value) in parameters)
        {
            table[name] = value;
        }

        return table;
    }
}
