using System.Management.Automation;

namespace OrchestrationEngine.PowerShell.Tasks;

/// <summary>What decides whether a task runs.</summary>
/// <param name="Block">What is asked once the task is ready; null if it is decided.</param>
/// <param name="Value">What was decided when the call was made.</param>
internal sealed record TaskCondition(ScriptBlock? Block, bool Value);
