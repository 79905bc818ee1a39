using System;

namespace OrchestrationEngine.PowerShell.Tasks;

/// <summary>That the result of a task is used again where the task is asked for with the same content and values.</summary>
/// <param name="Life">For how long; null for ever.</param>
internal sealed record TaskMemo(TimeSpan? Life);
