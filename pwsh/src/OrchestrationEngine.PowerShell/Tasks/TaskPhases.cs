using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using OrchestrationEngine.PowerShell.Runspaces;

namespace OrchestrationEngine.PowerShell.Tasks;

/// <summary>Numbers the phases of tasks: as they are numbered, or in the order in which their names come first.</summary>
internal static class TaskPhases
{
    /// <summary>The number of each task's phase; null for a task that is in none.</summary>
    /// <param name="tables">The tasks.</param>
    /// <exception cref="CallRefusedException">Some have numbers and others names, or a number is below 0.</exception>
    internal static int?[] Read(IReadOnlyList<TaskTable> tables)
    {
        var names = tables.Select(table => new TaskValues(table).Text(TaskKeys.Phase)).ToArray();
        var numbers = names.Select(ToNumber).ToArray();
        var isNumbered = numbers.Any(number => number is not null);
        var order = new Dictionary<string, int>(StringComparer.OrdinalIgnoreCase);
        return tables.Select((table, index) => names[index] is not { } name ? null
            : !isNumbered ? Place(order, name)
            : numbers[index] is >= 0 and var number ? number
            : throw new TaskValues(table).Invalid(
                TaskKeys.Phase, "a whole number from 0, as other tasks have it: phases have numbers or names, not both"))
            .ToArray();
    }

    private static int? Place(Dictionary<string, int> order, string name)
    {
        order.TryAdd(name, order.Count);
        return order[name];
    }

    private static int? ToNumber(string? name) =>
        int.TryParse(name, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : null;
}
