using System.Collections.Generic;
using OrchestrationEngine.PowerShell.Output;

namespace OrchestrationEngine.PowerShell.Calls;

/// <summary>Takes what comes of a run of tasks, on the thread that follows it.</summary>
internal interface ITaskFollower
{
    /// <summary>An attempt at a task has begun.</summary>
    /// <param name="task">The number of the task, in the order given.</param>
    /// <param name="worker">The worker that runs it.</param>
    void Start(int task, int worker);

    /// <summary>An attempt has failed, and another follows.</summary>
    /// <param name="task">The number of the task, in the order given.</param>
    /// <param name="message">What happened, and when it is tried again.</param>
    void Retry(int task, string message);

    /// <summary>A task has ended.</summary>
    /// <param name="task">The number of the task, in the order given.</param>
    /// <param name="result">What came of it.</param>
    /// <param name="puts">What its last attempt put out, in that order, output included.</param>
    void End(int task, TaskResult result, IReadOnlyList<(OutputKind Kind, object? Value)> puts);
}
