using System;
using System.Management.Automation;
using OrchestrationEngine.PowerShell.Jobs;
using OrchestrationEngine.PowerShell.Output;
using OrchestrationEngine.PowerShell.Runspaces;

namespace OrchestrationEngine.PowerShell;

/// <summary>One item or task of an <see cref="OrchestrationJob"/>: its state, and what it has put out so far.</summary>
/// <remarks>
/// The thread that feeds the call alone changes the state, and what subscribers do then happens there too.
/// </remarks>
public sealed class OrchestrationChildJob : Job, IJobDebugger
{
    /// <summary>How long a stop is waited for at most: an item in a blocking call of .NET goes on.</summary>
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(1);

    private readonly RunningItems _running;
    private object? _input;

    internal OrchestrationChildJob(string command, string? name, long index, object? input, RunningItems running)
        : base(command, name)
    {
        PSJobTypeName = "PSTaskChildJob";
        Index = index;
        _input = input;
        _running = running;
    }

    /// <inheritdoc/>
    public override string Location => OrchestrationJob.Place;

    /// <inheritdoc/>
    public override string StatusMessage => string.Empty;

    /// <inheritdoc/>
    public override bool HasMoreData => JobStreams.HaveMore(this);

    /// <summary>Gets the debugger of the item; null while it does not run.</summary>
    public Debugger? Debugger => _running.DebuggerOf(Index, Name);

    /// <summary>Gets or sets a value indicating whether nobody debugs the item; a debugger sets it.</summary>
    public bool IsAsync { get; set; } = true;

    /// <summary>Gets the position of the item in the input, from 0.</summary>
    internal long Index { get; }

    /// <summary>Stops this item only. One that was not started is not run any more.</summary>
    public override void StopJob()
    {
        if (this.IsFinished())
        {
            return;
        }

        _running.Stop(Index);
        if (JobStateInfo.State != JobState.NotStarted)
        {
            Finished.WaitOne(StopLimit);
        }
    }

    /// <summary>Gets the item and forgets it: from now on the call holds it for as long as it needs it.</summary>
    internal object? TakeInput()
    {
        var input = _input;
        _input = null;
        return input;
    }

    /// <summary>Notes that the item runs now.</summary>
    internal void Begin()
    {
        if (JobStateInfo.State == JobState.NotStarted)
        {
            JobEvents.Quietly(() => SetJobState(JobState.Running));
        }
    }

    /// <summary>Notes how the item ended.</summary>
    /// <param name="state">Completed, Failed or Stopped.</param>
    /// <param name="reason">What ended it, if an error did.</param>
    internal void End(JobState state, ErrorRecord? reason = null)
    {
        if (this.IsFinished())
        {
            return;
        }

        if (reason is null || !JobEvents.TrySetState(this, state, reason))
        {
            SetStateOnly(state, reason);
        }
    }

    // Where the state cannot carry the reason, the error stream does, which closes with the job.
    private void SetStateOnly(JobState state, ErrorRecord? reason)
    {
        if (reason is not null)
        {
            JobStreams.Put(this, OutputKind.Failure, reason);
        }

        JobEvents.Quietly(() => SetJobState(state));
    }
}
