using System;
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
    // The parameter "--%" is PowerShell's own way to hand in the values of $using: expressions.
    private const string UsingParameter = "--%";

    private const string Runner =
        "param($__session, $__preferences) "
        + "foreach ($__preference in $__preferences.GetEnumerator()) "
        + "{ Set-Variable -Name $__preference.Key -Value $__preference.Value } "
        + "Invoke-OrchestrationItem -Session $__session";

    private const string PlainRunner = "param($__session) Invoke-OrchestrationItem -Session $__session";

    private readonly Runspace _runspace;
    private readonly object _stopLock = new();
    private Shell? _pipeline;
    private WorkerSession? _session;
    private bool _wasUsed;

    private WorkerRunspace(Runspace runspace) => _runspace = runspace;

    /// <summary>Opens a runspace bound to the calling thread.</summary>
    internal static WorkerRunspace Open(InitialSessionState state)
    {
        var runspace = RunspaceFactory.CreateRunspace(new WorkerHost(), state);
        runspace.ThreadOptions = PSThreadOptions.UseCurrentThread;
        runspace.Name = Thread.CurrentThread.Name;
        runspace.Open();
        return new WorkerRunspace(runspace);
    }

    /// <summary>Runs items of a call until the worker has to leave it.</summary>
    internal void Run(WorkerSession session)
    {
        var settings = session.Call.Settings;
        CultureInfo.CurrentCulture = settings.Culture;
        CultureInfo.CurrentUICulture = settings.UICulture;
        while (!session.IsOver)
        {
            Reset();
            RunPipeline(session);
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

        try
        {
            pipeline?.BeginStop(null, null);
        }
        catch (ObjectDisposedException)
        {
            // It ended by itself meanwhile.
        }
    }

    /// <summary>Closes the runspace; on its own thread only.</summary>
    public void Dispose() => _runspace.Dispose();

    private void Reset()
    {
        if (_wasUsed)
        {
            _runspace.ResetRunspaceState();
        }

        _wasUsed = true;
    }

    private void RunPipeline(WorkerSession session)
    {
        using var pipeline = Shell.Create();
        pipeline.Runspace = _runspace;
        AddRunner(pipeline, session);
        Listen(pipeline.Streams, session);
        var output = new OutputSink(value => session.Emit(OutputKind.Output, value));
        Enter(pipeline, session);
        try
        {
            pipeline.Invoke(null, output, null);
        }
        catch (RuntimeException error)
        {
            // What the runner itself could not contain; a stop, most of the time.
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
        if (error is not PipelineStoppedException && session.HasItem)
        {
            session.Emit(OutputKind.Failure, error.ErrorRecord);
            session.EndItem(Outcome.Failed);
        }
    }

    private static void AddRunner(Shell pipeline, WorkerSession session)
    {
        var settings = session.Call.Settings;
        var plain = settings.Preferences.Count == 0;
        pipeline.AddScript(plain ? PlainRunner : Runner).AddParameter("__session", session);
        if (!plain)
        {
            pipeline.AddParameter("__preferences", settings.Preferences);
        }

        if (settings.UsingValues.Count > 0)
        {
            pipeline.AddParameter(UsingParameter, settings.UsingValues);
        }
    }

    private static void Listen(PSDataStreams streams, WorkerSession session)
    {
        Forward(streams.Error, OutputKind.Error, session);
        Forward(streams.Warning, OutputKind.Warning, session);
        Forward(streams.Verbose, OutputKind.Verbose, session);
        Forward(streams.Debug, OutputKind.Debug, session);
        Forward(streams.Information, OutputKind.Information, session);
        Forward(streams.Progress, OutputKind.Progress, session);
    }

    private static void Forward<T>(PSDataCollection<T> stream, OutputKind kind, WorkerSession session) =>
        stream.DataAdded += (_, _) =>
        {
            foreach (var record in stream.ReadAll())
            {
                session.Emit(kind, record);
            }
        };

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
