using System;
using System.Collections.Concurrent;
using System.Threading;

namespace OrchestrationEngine.Native.Tests.Support;

/// <summary>A host made of functions, which keeps what it was told.</summary>
internal sealed class TestHost(Action<Worker> work) : IWorkerHost
{
    internal ConcurrentQueue<Exception> Failures { get; } = new();

    internal ConcurrentQueue<StopRequest> Stops { get; } = new();

    /// <summary>Gets what is set by the first stop.</summary>
    internal ManualResetEventSlim IsStopped { get; } = new();

    /// <summary>Gets what is done about a stop beside keeping it.</summary>
    internal Action<StopRequest> OnStop { get; init; } = _ => { };

    /// <summary>A host that ends each item as a function says.</summary>
    internal static TestHost ForItems(Func<Worker, long, Outcome> run) => new(worker => Loop(worker, run));

    /// <summary>A host whose items all succeed once <paramref name="run"/> has returned.</summary>
    internal static TestHost ForItems(Action<long> run) => ForItems((_, item) =>
    {
        run(item);
        return Outcome.Succeeded;
    });

    internal static void Loop(Worker worker, Func<Worker, long, Outcome> run)
    {
        while (worker.TryAttach(out _))
        {
            while (worker.Next(out var item) == Waited.Ready)
            {
                worker.End(item, run(worker, item));
            }

            worker.Detach();
        }
    }

    public void Work(Worker worker) => work(worker);

    public void StopWork(StopRequest request)
    {
        Stops.Enqueue(request);
        IsStopped.Set();
        OnStop(request);
    }

    public void ReportFailure(Exception exception) => Failures.Enqueue(exception);
}
