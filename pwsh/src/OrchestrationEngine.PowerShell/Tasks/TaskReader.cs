using System;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using OrchestrationEngine.Native;
using OrchestrationEngine.PowerShell.Output;
using OrchestrationEngine.PowerShell.Runspaces;
using OrchestrationEngine.PowerShell.Scripts;

namespace OrchestrationEngine.PowerShell.Tasks;

/// <summary>
/// Makes tasks of what was written as <c>-Tasks</c>. Nothing is run; what waits for itself is found by the engine.
/// </summary>
/// <param name="scripts">Where scripts are looked for.</param>
internal sealed class TaskReader(ScriptResolver scripts)
{
    private const int MostRetries = int.MaxValue - 1;

    private readonly TaskScripts _scripts = new(scripts);

    /// <summary>The tasks, in the order in which they were written.</summary>
    /// <param name="written">Hashtables, other dictionaries, custom objects or scripts.</param>
    /// <exception cref="CallRefusedException">There are none, or one cannot be understood.</exception>
    internal IReadOnlyList<TaskDefinition> Read(IReadOnlyList<object?> written)
    {
        if (written.Count == 0)
        {
            throw new CallRefusedException(TaskErrors.NoTasks());
        }

        var tables = written.Select((task, index) => TaskTable.Read(task, index + 1)).ToArray();
        var phases = TaskPhases.Read(tables);
        var tasks = tables.Select((table, index) => ReadOne(table) with { Phase = phases[index] }).ToArray();
        return TaskNames.Connect(TaskNames.Complete(tasks));
    }

    private TaskDefinition ReadOne(TaskTable table)
    {
        CheckWork(table);
        var values = new TaskValues(table);
        var name = values.Text(TaskKeys.Name);
        return new TaskDefinition
        {
            Place = table.Place,
            Name = name ?? string.Empty,
            IsNamed = name is not null,
            Script = _scripts.Find(table, values),
            ScriptBlock = values.Block(TaskKeys.ScriptBlock),
            Command = ReadCommand(table, values),
            Parameters = values.Table(TaskKeys.Parameters),
            DependsOn = values.Texts(TaskKeys.DependsOn),
            Group = values.Text(TaskKeys.Group),
            Weight = values.Number(TaskKeys.Weight, 1, int.MaxValue) ?? 1,
            Priority = (short)(values.Number(TaskKeys.Priority, short.MinValue, short.MaxValue) ?? 0),
            Timeout = values.Time(TaskKeys.Timeout),
            RetryCount = values.Number(TaskKeys.RetryCount, 0, MostRetries),
            RetryDelay = values.Time(TaskKeys.RetryDelay),
            RetryBackoff = values.Word<RetryBackoff>(TaskKeys.RetryBackoff),
            ContinueOnError = values.Flag(TaskKeys.ContinueOnError) ?? false,
            OnResume = values.Word<OnResume>(TaskKeys.OnResume) ?? OnResume.Rerun,
            Memo = ReadMemo(table, values),
            Inputs = ReadInputs(table, values),
            Condition = ReadCondition(table, values),
            Finally = values.Flag(TaskKeys.Finally) ?? false,
        };
    }

    private static void CheckWork(TaskTable table)
    {
        var given = new[] { TaskKeys.Script, TaskKeys.ScriptBlock, TaskKeys.Command }
            .Where(key => table[key] is not null)
            .ToArray();
        if (given.Length != 1)
        {
            throw new CallRefusedException(TaskErrors.NotOneWork(table.Place, given));
        }
    }

    private static string? ReadCommand(TaskTable table, TaskValues values) =>
        PlainValue.Of(table[TaskKeys.Command]) switch
        {
            null => null,
            CommandInfo command => command.Name,
            string => values.Text(TaskKeys.Command),
            _ => throw values.Invalid(TaskKeys.Command, "the text of a command"),
        };

    private static TaskMemo? ReadMemo(TaskTable table, TaskValues values) =>
        PlainValue.Of(table[TaskKeys.Memo]) switch
        {
            null or false => null,
            true => new TaskMemo(Life: null),
            _ when values.FindTime(TaskKeys.Memo) is { } life && life > TimeSpan.Zero => new TaskMemo(life),
            _ => throw values.Invalid(TaskKeys.Memo, "$true, $false, or a time above zero, for how long the result is good"),
        };

    // Memo = $false switches off what the inputs are for; without the key they would do nothing, ever.
    private static string[] ReadInputs(TaskTable table, TaskValues values)
    {
        var inputs = values.Texts(TaskKeys.Inputs);
        return inputs.Length == 0 || table[TaskKeys.Memo] is not null
            ? inputs
            : throw new CallRefusedException(TaskErrors.InputsWithoutMemo(table.Place));
    }

    private static TaskCondition? ReadCondition(TaskTable table, TaskValues values) =>
        PlainValue.Of(table[TaskKeys.Condition]) switch
        {
            null => null,
            bool decided => new TaskCondition(Block: null, decided),
            ScriptBlock block => new TaskCondition(block, Value: false),
            _ => throw values.Invalid(TaskKeys.Condition, "a script block, $true or $false"),
        };
}
