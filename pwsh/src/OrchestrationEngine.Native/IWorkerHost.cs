using System;

namespace OrchestrationEngine.Native;

/// <summary>Whoever knows what an item means. The pool owns the threads; the host pulls its work on them.</summary>
public interface IWorkerHost
{
    /// <summary>
    /// Called once on each worker thread. Works until <see cref="Worker.TryAttach"/> returns false, then returns.
    /// </summary>
    /// <param name="worker">The worker; valid on this thread until the method returns.</param>
    void Work(Worker worker);

    /// <summary>
    /// Stops what a worker does, if it still does it. Called on the pool's control thread; must not wait for the
    /// stopped work to end.
    /// </summary>
    /// <param name="request">What is to be stopped.</param>
    void StopWork(StopRequest request);

    /// <summary>
    /// Takes note of an exception that left <see cref="Work"/> or <see cref="StopWork"/>. An item that a worker left
    /// behind ends as failed.
    /// </summary>
    /// <param name="exception">The exception.</param>
    void ReportFailure(Exception exception);
}
