using System;
using System.Linq;
using System.Management.Automation;
using OrchestrationEngine.Native;
using OrchestrationEngine.PowerShell.Jobs;
using OrchestrationEngine.PowerShell.Output;
using OrchestrationEngine.PowerShell.Runspaces;

namespace OrchestrationEngine.PowerShell.Calls;

/// <summary>
/// A cmdlet's part in a call that runs as a job: reads all input, since the children of a job are known when it starts,
/// and starts it. Used on the cmdlet's thread.
/// </summary>
internal sealed class JobCall : IDisposable
{
    private readonly PSCmdlet _cmdlet;
    private readonly ScriptPool _pool;
    private readonly CallOptions _options;
    private readonly CallSettings _settings;
    private readonly ItemIntake _intake;
    private readonly OrchestrationJob _job;
    private bool _isStarted;

    /// <exception cref="CallRefusedException">A parameter, or a value that the call brings in, cannot be used by a job.</exception>
    internal JobCall(PSCmdlet cmdlet, ICaller session, ScriptPool pool, CallOptions options, CallSettings settings)
    {
        RefuseParameters(options);
        RefuseBoundValues(settings);
        var running = new RunningItems();
        _cmdlet = cmdlet;
        _pool = pool;
        _intake = new ItemIntake(options, session, new StreamReceiver(cmdlet));
        // What the job's thread need not do: inputs are items by then, and each item has a child to put its output in.
        _options = options with { Filter = null, BatchSize = null, Ordered = false };
        // The reason of a child is the item's own error, also where a call without a job would dress it up.
        _settings = settings with { Running = running, IsStrict = false };
        _job = new OrchestrationJob(SettingsOf(options), running);
    }

    /// <summary>Takes one input.</summary>
    internal void Add(object? input)
    {
        if (_intake.TryTake(input, out var item))
        {
            AddItem(item);
        }
    }

    /// <summary>Starts the job and writes it.</summary>
    /// <exception cref="EngineException">The engine refused the queue.</exception>
    internal void Start()
    {
        if (_intake.TryTakeRest(out var rest))
        {
            AddItem(rest);
        }

        var state = JobRun.Start(_job, _pool, _options, _settings);
        _isStarted = true;
        if (_options.StateVariable is { } name)
        {
            _cmdlet.SessionState.PSVariable.Set(name, state);
        }

        _cmdlet.JobRepository.Add(_job);
        _cmdlet.WriteObject(_job);
    }

    /// <summary>Lets go of a job that was not started, because the pipeline ended before; a started one goes on.</summary>
    public void Dispose()
    {
        if (!_isStarted)
        {
            _job.Dispose();
        }
    }

    private static JobSettings SettingsOf(CallOptions options) => new()
    {
        Command = options.ScriptBlock.ToString(),
        Name = options.JobName,
        ThrottleLimit = options.ThrottleLimit,
        PassThru = options.PassThru,
        UsesNewRunspaces = options.UseNewRunspace,
        LeavesUnstarted = options.IsStrict,
    };

    private static void RefuseParameters(CallOptions options)
    {
        var unfit = options.InputScript is not null ? "InputScript"
            : options.Refills ? "Refill"
            : options.Retry?.Filter is not null ? "RetryOn"
            : null;
        if (unfit is not null)
        {
            throw new CallRefusedException(JobErrors.NotForJobs(unfit));
        }
    }

    private static void RefuseBoundValues(CallSettings settings)
    {
        var values = settings.UsingValues.Select(pair => (What: UsingValues.TextOf(pair.Key), pair.Value))
            .Concat(settings.Imports.Variables.Select(pair => (What: "$" + pair.Key, pair.Value)));
        foreach (var (what, value) in values)
        {
            if (ClassAffinity.IsBound(value))
            {
                throw new CallRefusedException(JobErrors.NeedsNoRunspaceAffinity(what, value));
            }
        }
    }

    private void AddItem(object? item)
    {
        if (ClassAffinity.IsBound(item))
        {
            _cmdlet.WriteError(JobErrors.NeedsNoRunspaceAffinity("An item", item));
        }
        else
        {
            _job.AddItem(item);
        }
    }
}
