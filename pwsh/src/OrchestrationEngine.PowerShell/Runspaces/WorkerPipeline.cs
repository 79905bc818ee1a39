using System.Management.Automation;
using OrchestrationEngine.PowerShell.Output;
using Shell = System.Management.Automation.PowerShell;

namespace OrchestrationEngine.PowerShell.Runspaces;

/// <summary>What is in the pipelines that run a worker's items, and where what comes out of them goes.</summary>
internal static class WorkerPipeline
{
    /// <summary>The name of <see cref="RunItemCommand"/>, which is all that such a pipeline runs.</summary>
    internal const string Runner = "Invoke-OrchestrationItem";

    // The parameter "--%" is PowerShell's own way to hand in the values of $using: expressions.
    private const string UsingParameter = "--%";

    /// <summary>Fills an empty pipeline.</summary>
    /// <param name="pipeline">The pipeline, whose runspace is set.</param>
    /// <param name="session">The worker's part in the call; gets what comes out.</param>
    /// <param name="atLast">Whether it runs what comes at last instead of items.</param>
    internal static void Fill(Shell pipeline, WorkerSession session, bool atLast)
    {
        AddRunner(pipeline, session, atLast);
        Listen(pipeline.Streams, session);
    }

    /// <summary>Runs it to its end, on the calling thread.</summary>
    /// <exception cref="RuntimeException">What the runner itself could not contain; a stop, most of the time.</exception>
    internal static void Run(Shell pipeline, WorkerSession session) =>
        pipeline.Invoke(null, new OutputSink(value => session.Emit(OutputKind.Output, value)), null);

    private static void AddRunner(Shell pipeline, WorkerSession session, bool atLast)
    {
        var settings = session.Call.Settings;
        var (usings, statements) = settings.Imports.Script;
        if (settings.UsingValues.Count == 0 && settings.Preferences.Count == 0 && usings.Length + statements.Length == 0)
        {
            // No script to parse and bind: that is most of what a short call costs.
            pipeline.AddCommand(Runner, useLocalScope: true).AddParameter("Session", session)
                .AddParameter("AtLast", atLast);
            return;
        }

        var script = $"{usings}param($__session, $__atLast) {statements}{Runner} -Session $__session -AtLast:$__atLast";
        pipeline.AddScript(script, useLocalScope: true)
            .AddParameter("__session", session)
            .AddParameter("__atLast", atLast)
            .AddParameter(UsingParameter, UsingFunction.ValuesFor(pipeline.Runspace, settings));
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
}
