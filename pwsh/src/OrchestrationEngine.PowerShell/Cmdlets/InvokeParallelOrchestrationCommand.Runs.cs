using System.Management.Automation;
using OrchestrationEngine.Native;
using OrchestrationEngine.PowerShell.Calls;
using OrchestrationEngine.PowerShell.Output;

namespace OrchestrationEngine.PowerShell.Cmdlets;

/// <content>Runs of tasks that are kept, and go on.</content>
public sealed partial class InvokeParallelOrchestrationCommand
{
    /// <summary>Gets or sets the name under which the run is kept, so that it can go on after whatever ended it.</summary>
    [Parameter(ParameterSetName = TasksParameterSet)]
    [ValidateNotNullOrEmpty]
    public string? RunName { get; set; }

    /// <summary>
    /// Gets or sets the run that goes on, by its id or by its name, which means the latest of it: tasks that succeeded are
    /// not run again.
    /// </summary>
    [Parameter(ParameterSetName = TasksParameterSet)]
    [ValidateNotNullOrEmpty]
    public string? Resume { get; set; }

    /// <summary>Gets or sets whether a run goes on though its tasks are others than before.</summary>
    [Parameter(ParameterSetName = TasksParameterSet)]
    public SwitchParameter Force { get; set; }

    /// <summary>Gets or sets how many runs are kept, this one included; older ones are deleted.</summary>
    [Parameter(ParameterSetName = TasksParameterSet)]
    [ValidateRange(1, int.MaxValue)]
    public int KeepRuns { get; set; }

    /// <summary>Gets or sets what is certain to be on the disk before a task starts.</summary>
    [Parameter(ParameterSetName = TasksParameterSet)]
    public RunDurability Durability { get; set; }

    /// <summary>Gets or sets whether every task runs, whatever is remembered of it, and nothing new is remembered.</summary>
    [Parameter(ParameterSetName = TasksParameterSet)]
    public SwitchParameter NoCache { get; set; }

    private int? LimitOfRuns => MyInvocation.BoundParameters.ContainsKey(nameof(KeepRuns)) ? KeepRuns : null;

    private RunKeeping? ReadKeeping()
    {
        if (RunName is not null && Resume is not null)
        {
            ThrowTerminatingError(KeepingErrors.BeginsAndResumes());
        }

        if ((Resume ?? RunName) is not { } name)
        {
            RefuseWhatIsForKeptRuns(nameof(Force), nameof(Durability));
            return LimitOfRuns is null ? null : new RunKeeping { IsForMemosOnly = true, KeepRuns = LimitOfRuns };
        }

        if (Resume is null)
        {
            RefuseWhatIsForKeptRuns(nameof(Force));
        }

        return new RunKeeping
        {
            Name = name,
            Resumes = Resume is not null,
            AcceptsChanges = Force,
            KeepRuns = LimitOfRuns,
            Durability = Durability,
        };
    }

    private void RefuseWhatIsForKeptRuns(params string[] parameters)
    {
        foreach (var parameter in parameters)
        {
            if (MyInvocation.BoundParameters.ContainsKey(parameter))
            {
                ThrowTerminatingError(KeepingErrors.NothingIsKept(parameter));
            }
        }
    }
}
