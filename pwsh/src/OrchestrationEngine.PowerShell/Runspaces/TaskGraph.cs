using System.Collections.Generic;
using OrchestrationEngine.Native;

namespace OrchestrationEngine.PowerShell.Runspaces;

/// <summary>Tasks as the engine sees them, and, in the same order, as workers do.</summary>
internal sealed record TaskGraph(Graph Graph, IReadOnlyList<TaskWork> Works);
