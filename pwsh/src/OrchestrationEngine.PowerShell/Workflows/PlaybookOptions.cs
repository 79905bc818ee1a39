using System.Management.Automation;

namespace OrchestrationEngine.PowerShell.Workflows;

/// <summary>How a cmdlet waits for a workflow.</summary>
/// <param name="AsJob">Whether it runs as a job.</param>
/// <param name="JobName">The name of the job; null for one that PowerShell makes up.</param>
/// <param name="NoWait">Whether it runs in the background without one.</param>
/// <param name="OnEvent">What is called with each event while the cmdlet waits; null for nothing.</param>
internal sealed record PlaybookOptions(bool AsJob, string? JobName, bool NoWait, ScriptBlock? OnEvent = null);
