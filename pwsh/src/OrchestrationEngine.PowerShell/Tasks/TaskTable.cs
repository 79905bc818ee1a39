using System;
using System.Collections;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Management.Automation;
using OrchestrationEngine.PowerShell.Output;
using OrchestrationEngine.PowerShell.Runspaces;

namespace OrchestrationEngine.PowerShell.Tasks;

/// <summary>The keys and values of one task as it was written: a hashtable, another dictionary or a custom object.</summary>
internal sealed class TaskTable
{
    private readonly Dictionary<string, object> _values = new(StringComparer.Ordinal);

    private TaskTable(TaskPlace place) => Place = place;

    /// <summary>Gets which task it is.</summary>
    internal TaskPlace Place { get; }

    /// <summary>The value of a key; null if it is not there, or is $null there.</summary>
    /// <param name="key">One of <see cref="TaskKeys.All"/>.</param>
    internal object? this[string key] => _values.GetValueOrDefault(key);

    /// <summary>Reads a task. All of its keys are known ones, and each is there once.</summary>
    /// <param name="task">What was written.</param>
    /// <param name="number">Where it stands in the list, from 1.</param>
    /// <exception cref="CallRefusedException">It is something else, or has a key that no task has.</exception>
    internal static TaskTable Read(object? task, int number)
    {
        if (Entries(task) is not { } entries)
        {
            throw new CallRefusedException(TaskErrors.NotATable(new TaskPlace(number, Name: null), PlainValue.Of(task)));
        }

        var written = entries.ToArray();
        var table = new TaskTable(new TaskPlace(number, Title(written)));
        var spellings = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (spelling, value) in written)
        {
            table.Add(spelling, value, spellings);
        }

        return table;
    }

    /// <summary>The keys and values of a table of any kind, in their order; null if it is none.</summary>
    /// <param name="table">What may be one.</param>
    internal static IEnumerable<KeyValuePair<string, object?>>? Entries(object? table) => PlainValue.Of(table) switch
    {
        IDictionary dictionary => Entries(dictionary),
        OrchestrationScript script => [new(TaskKeys.Script, script)],
        PSCustomObject => ((PSObject)table!).Properties.Select(it => new KeyValuePair<string, object?>(it.Name, it.Value)),
        _ => null,
    };

    private static IEnumerable<KeyValuePair<string, object?>> Entries(IDictionary dictionary)
    {
        foreach (DictionaryEntry entry in dictionary)
        {
            yield return new(entry.Key.ToString() ?? string.Empty, entry.Value);
        }
    }

    // What messages call it before it has a name.
    private static string? Title(KeyValuePair<string, object?>[] written) =>
        new[] { TaskKeys.Name, TaskKeys.Script, TaskKeys.Command }
            .Select(key => written.FirstOrDefault(entry => entry.Key.Equals(key, StringComparison.OrdinalIgnoreCase)).Value)
            .Select(value => PlainValue.Of(value) switch
            {
                string text => text.Trim(),
                OrchestrationScript script => script.FileName,
                int number => number.ToString(CultureInfo.InvariantCulture),
                _ => null,
            })
            .FirstOrDefault(text => !string.IsNullOrEmpty(text));

    private void Add(string spelling, object? value, Dictionary<string, string> spellings)
    {
        var key = TaskKeys.Find(spelling)
            ?? throw new CallRefusedException(TaskErrors.UnknownKey(Place, spelling));
        if (!spellings.TryAdd(key, spelling))
        {
            throw new CallRefusedException(TaskErrors.KeyTwice(Place, spellings[key], spelling));
        }

        if (PlainValue.Of(value) is not null)
        {
            _values.Add(key, value!);
        }
    }
}
