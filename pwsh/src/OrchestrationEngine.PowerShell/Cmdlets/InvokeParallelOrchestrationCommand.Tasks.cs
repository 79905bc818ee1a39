using System;
using System.Collections;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Management.Automation;
using OrchestrationEngine.PowerShell.Output;

namespace OrchestrationEngine.PowerShell.Cmdlets;

/// <content>Tasks of a graph instead of items.</content>
public sealed partial class InvokeParallelOrchestrationCommand
{
    private static readonly HashSet<string> ForTasks = new(CommonParameters.Append(nameof(Tasks)).Concat(
    [
        nameof(ThrottleLimit), nameof(TimeoutSeconds), nameof(StopOnError), nameof(PassThru), nameof(StateVariable),
        nameof(Groups), nameof(SummaryVariable), nameof(AsJob), nameof(JobName), nameof(RunName), nameof(Resume), nameof(Force), nameof(KeepRuns),
        nameof(Durability), nameof(NoCache), nameof(ImportFunction), nameof(ImportModule), nameof(ImportVariable),
        nameof(ImportAlias), nameof(ImportAll), nameof(InitialSessionState), nameof(ApartmentState), nameof(UseNewRunspace),
    ]));

    /// <summary>
    /// Gets or sets the tasks: tables with the keys Name, one of Script, ScriptBlock and Command, Parameters, DependsOn,
    /// Phase, Group, Weight, Priority, Timeout, RetryCount, RetryDelay, ContinueOnError, OnResume, Memo, Inputs,
    /// Condition, Finally.
    /// </summary>
    [Parameter(Mandatory = true, ParameterSetName = TasksParameterSet)]
    [ValidateNotNull]
    [AllowEmptyCollection]
    public object[]? Tasks { get; set; }

    /// <summary>Gets or sets how many slots each group of tasks has, by name.</summary>
    [Parameter(ParameterSetName = TasksParameterSet)]
    [ValidateNotNull]
    public IDictionary Groups { get; set; } = new Hashtable();

    /// <summary>Gets or sets the name of the variable that gets what came of the run as a whole.</summary>
    [Parameter(ParameterSetName = TasksParameterSet)]
    [ValidateNotNullOrEmpty]
    public string? SummaryVariable { get; set; }

    private Dictionary<string, int> ReadGroups()
    {
        var groups = new Dictionary<string, int>(StringComparer.OrdinalIgnoreCase);
        foreach (DictionaryEntry group in Groups)
        {
            if (!LanguagePrimitives.TryConvertTo<int>(group.Value, CultureInfo.InvariantCulture, out var limit) || limit < 1)
            {
                ThrowTerminatingError(TaskRunErrors.GroupLimitInvalid($"{group.Key}", group.Value));
            }

            groups[$"{group.Key}"] = limit;
        }

        return groups;
    }

    private void RefuseWhatIsForItems()
    {
        var stray = Tasks is null ? null : MyInvocation.BoundParameters.Keys.FirstOrDefault(name => !ForTasks.Contains(name));
        if (stray is not null)
        {
            ThrowTerminatingError(TaskRunErrors.NotForTasks(stray));
        }
    }
}
