using System.Management.Automation;

namespace OrchestrationEngine.PowerShell.Runspaces;

/// <summary>Something that a call imports is not there, or cannot be brought into another runspace.</summary>
internal sealed class ImportException : CallRefusedException
{
    internal ImportException(ErrorRecord record)
        : base(record)
    {
    }
}
