using System;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using OrchestrationEngine.Native;

namespace OrchestrationEngine.PowerShell;

/// <summary>
/// A run of a playbook. While it runs in the background its properties change; once it has ended, they say what came of it. May be
/// read on any thread.
/// </summary>
public sealed class PlaybookWorkflow
{
    private readonly object _lock = new();
    private readonly List<PlaybookStepResult> _ended = [];
    private WorkflowState _state;

    internal PlaybookWorkflow(WorkflowState state) => _state = state;

    /// <summary>Gets the id, by which it can be asked for, stopped and resumed.</summary>
    public string WorkflowId => State.Id;

    /// <summary>Gets the name of the playbook.</summary>
    public string PlaybookName => State.Name;

    /// <summary>Gets whether it goes on, or how it ended.</summary>
    public RunStatus Status => State.Status;

    /// <summary>Gets a value indicating whether it has ended, and nothing failed that counts.</summary>
    public bool Success => State.Success;

    /// <summary>Gets why it ended before its time, such as Timeout or Interrupted; null if it did not.</summary>
    public string? Reason => State.Reason;

    /// <summary>Gets the number of the step that was begun last, from 1; 0 if none was.</summary>
    public int CurrentStep => State.CurrentStep;

    /// <summary>Gets how many steps there are; those that only hold others are not counted.</summary>
    public int TotalSteps => State.TotalSteps;

    /// <summary>Gets how many of them have run so far.</summary>
    public int StepsExecuted => State.StepsExecuted;

    /// <summary>Gets when this part of it began, in local time.</summary>
    public DateTime StartTime => State.StartTime;

    /// <summary>Gets how long it has run so far, or ran.</summary>
    public TimeSpan Duration => State is { Duration: var duration } state
        ? duration ?? (state.Status == RunStatus.Running ? DateTime.Now - state.StartTime : TimeSpan.Zero)
        : TimeSpan.Zero;

    /// <summary>Gets the time that no order could have beaten, with these durations and this limit; null if not known.</summary>
    public TimeSpan? LowerBound => State.LowerBound;

    /// <summary>Gets what the steps took one after another; null if not known.</summary>
    public TimeSpan? SequentialDuration => State.Sequential;

    /// <summary>Gets what came of each step that has ended, in the order written.</summary>
    public IReadOnlyList<PlaybookStepResult> Results
    {
        get
        {
            lock (_lock)
            {
                return _ended.OrderBy(step => step.StepNumber).ToArray();
            }
        }
    }

    /// <summary>Gets why it failed, what came first at first; empty if it did not.</summary>
    public IReadOnlyList<ErrorRecord> Errors => State.Errors;

    /// <summary>Gets why it failed in the first place; null if it did not.</summary>
    public ErrorRecord? Error => Errors.Count > 0 ? Errors[0] : null;

    /// <summary>Gets a value indicating whether it was only tried out: nothing ran.</summary>
    public bool DryRun => State.IsDryRun;

    /// <summary>Gets a value indicating whether the machine has to be restarted for what a step did.</summary>
    public bool RebootRequired
    {
        get
        {
            lock (_lock)
            {
                return _ended.Exists(step => step.RebootRequired);
            }
        }
    }

    private WorkflowState State
    {
        get
        {
            lock (_lock)
            {
                return _state;
            }
        }
    }

    /// <summary>Puts what is known now in the place of what was.</summary>
    internal void Become(Func<WorkflowState, WorkflowState> next)
    {
        lock (_lock)
        {
            _state = next(_state);
        }
    }

    /// <summary>Adds what came of a step, in the place of what was known of it.</summary>
    internal void Add(PlaybookStepResult step)
    {
        lock (_lock)
        {
            _ended.RemoveAll(other => other.StepName == step.StepName);
            _ended.Add(step);
        }
    }

    /// <inheritdoc/>
    public override string ToString() => $"{WorkflowId}: {Status}";
}
