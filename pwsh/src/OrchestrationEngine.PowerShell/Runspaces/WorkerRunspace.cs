using System;
using System.Collections.Generic;
using System.Globalization;
using System.Management.Automation;
using System.Management.Automation.Runspaces;
using System.Threading;
using OrchestrationEngine.Native;
using OrchestrationEngine.PowerShell.Output;
using Shell = System.Management.Automation.PowerShell;

namespace OrchestrationEngine.PowerShell.Runspaces;

/// <summary>
/// The runspace of one worker thread, for the thread's life. Items of a call are run by one long-lived pipeline, which
/// <see cref="RunItemCommand"/> keeps going; only what ends that pipeline (a stop) costs a new one.
/// </summary>
internal sealed class WorkerRunspace : IDisposable
{
    /// <summary>
    /// How long a stopped pipeline may go on before its runspace is given up: less than the pool waits for its worker
    /// (see ParallelCall), so that no open runspace is left behind a call that is over.
    /// </summary>
    private static readonly TimeSpan GiveUpAfter = TimeSpan.FromMilliseconds(200);

    private readonly WorkerSetup _setup;
    private readonly object _stopLock = new();
    private Runspace _runspace;
    private IReadOnlyList<PSVariable> _variables;
    private SessionTables? _tables;
    private Shell? _pipeline;
    private WorkerSession? _session;
    private bool _wasUsed;
    private bool _leftTraces;
    private volatile bool _isGivenUp;

    private WorkerRunspace(int worker, WorkerSetup setup)
    {
        Worker = worker;
        _setup = setup;
        (_runspace, _variables) = OpenRunspace(setup);
    }

    /// <summary>Gets the number of the worker that it belongs to.</summary>
    internal int Worker { get; }

    /// <summary>Gets a value indicating whether it can run nothing more, because an item ignored its stop.</summary>
    internal bool IsGivenUp => _isGivenUp;

    /// <summary>Gets the debugger of what runs in it.</summary>
    internal Debugger? Debugger => _runspace.Debugger;

    /// <summary>Opens the runspace of a worker, bound to the calling thread.</summary>
    /// <exception cref="CallRefusedException">What the runspace is to be set up with cannot be had.</exception>
    internal static WorkerRunspace Open(int worker, WorkerSetup setup)
    {
        setup.PrepareThread();
        return new WorkerRunspace(worker, setup);
    }

    /// <summary>Runs items of a call until the worker has to leave it.</summary>
    internal void Run(WorkerSession session)
    {
        var settings = session.Call.Settings;
        session.Runspace = this;
        CultureInfo.CurrentCulture = settings.Culture;
        CultureInfo.CurrentUICulture = settings.UICulture;
        while (!session.IsOver && !_isGivenUp)
        {
            if (!session.GoesOn)
            {
                Renew(settings.UseNewRunspace);
            }

            _leftTraces = settings.ResetsAfterItem || settings.KeepsState || settings.Stage is not null;
            if (_leftTraces)
            {
                _tables ??= new SessionTables(_runspace);
            }

            RunPipeline(session, atLast: false);
            EndStage(session);
        }
    }

    /// <summary>Stops what runs under an attachment, unless that has ended by now. Called on another thread.</summary>
    internal void Stop(long attachment)
    {
        Shell? pipeline;
        lock (_stopLock)
        {
            if (_session?.Attachment != attachment)
            {
                return;
            }

            _session.CancelWait();
            pipeline = _pipeline;
        }

        if (pipeline is not null)
        {
            var stopping = StartBackground(pipeline.Stop);
            StartBackground(() =>
            {
                if (!stopping.Join(GiveUpAfter))
                {
                    GiveUp(pipeline);
                }
            });
        }
    }

    /// <summary>Closes the runspace, which waits for what runs in it.</summary>
    public void Dispose() => _runspace.Dispose();

    // Stop and Close wait for the end, so each needs a thread. A background thread: that of PowerShell's BeginStop is not,
    // and keeps the process from ending while an item does not stop.
    private static Thread StartBackground(Action action)
    {
        var thread = new Thread(() => RunQuietly(action)) { IsBackground = true };
        thread.Start();
        return thread;
    }

    private static void RunQuietly(Action action)
    {
        try
        {
            action();
        }
        catch (Exception)
        {
            // What was to be ended has ended by itself meanwhile.
        }
    }

    // A runspace that is not being closed yet keeps the process from ending: PowerShell closes all open ones at the end,
    // and waits for what runs in them.
    private void GiveUp(Shell pipeline)
    {
        lock (_stopLock)
        {
            if (_pipeline != pipeline)
            {
                return;
            }

            _isGivenUp = true;
        }

        _runspace.Close();
    }

    private static (Runspace Runspace, IReadOnlyList<PSVariable> Variables) OpenRunspace(WorkerSetup setup)
    {
        var runspace = RunspaceFactory.CreateRunspace(new WorkerHost(), setup.State);
        try
        {
            runspace.ThreadOptions = PSThreadOptions.UseCurrentThread;
            runspace.Name = Thread.CurrentThread.Name;
            runspace.Open();
            SecondLook.Attach(runspace);
            return (runspace, setup.Apply(runspace));
        }
        catch
        {
            runspace.Dispose();
            throw;
        }
    }

    // Nobody stops or gives up a runspace in between two pipelines, so its place may be taken by another.
    private void Renew(bool byNewRunspace)
    {
        // A block can close the runspace that it runs in.
        if (_wasUsed && (byNewRunspace || _runspace.RunspaceStateInfo.State != RunspaceState.Opened))
        {
            _runspace.Dispose();
            (_runspace, _variables) = OpenRunspace(_setup);
            _tables = null;
        }
        else if (_wasUsed)
        {
            _runspace.ResetRunspaceState();
            WorkerSetup.PutBack(_variables, _runspace);
        }

        if (_leftTraces)
        {
            _tables?.Restore();
        }

        _wasUsed = true;
    }

    // What comes at last runs in a pipeline of its own, which no stop reaches: the one of the items may be dead by then.
    private void EndStage(WorkerSession session)
    {
        if (session.Stage is { IsToFinish: true } && !_isGivenUp)
        {
            RunPipeline(session, atLast: true);
        }

        session.EndOwn(Outcome.Succeeded);
    }

    private void RunPipeline(WorkerSession session, bool atLast)
    {
        using var pipeline = Shell.Create();
        pipeline.Runspace = _runspace;
        WorkerPipeline.Fill(pipeline, session, atLast);
        if (!atLast)
        {
            Enter(pipeline, session);
        }

        try
        {
            WorkerPipeline.Run(pipeline, session);
        }
        catch (RuntimeException error)
        {
            EndBroken(session, error);
        }
        finally
        {
            Leave();
            session.EndItem(Outcome.Stopped);
        }
    }

    private static void EndBroken(WorkerSession session, RuntimeException error)
    {
        if (error is PipelineStoppedException)
        {
            return;
        }

        if (session.Item is not null)
        {
            session.Fail(error);
            session.EndItem(Outcome.Failed);
        }
        else if (!session.IsReady)
        {
            // It would be the same with every pipeline.
            session.Refuse(Errors.WorkerCannotStart(error));
        }
    }

    private void Enter(Shell pipeline, WorkerSession session)
    {
        lock (_stopLock)
        {
            _pipeline = pipeline;
            _session = session;
        }
    }

    private void Leave()
    {
        lock (_stopLock)
        {
            _pipeline = null;
            _session = null;
        }
    }
}
