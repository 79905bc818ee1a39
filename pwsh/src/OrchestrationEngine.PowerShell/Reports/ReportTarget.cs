namespace OrchestrationEngine.PowerShell.Reports;

/// <summary>A file to write.</summary>
/// <param name="Parameter">The parameter that named it, without the dash.</param>
/// <param name="Given">The path as it was given, for messages.</param>
/// <param name="Path">The full path in the file system.</param>
internal sealed record ReportTarget(string Parameter, string Given, string Path);
