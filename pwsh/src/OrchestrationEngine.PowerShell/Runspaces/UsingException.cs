using System.Management.Automation;

namespace OrchestrationEngine.PowerShell.Runspaces;

/// <summary>A $using: expression cannot be passed on.</summary>
internal sealed class UsingException : CallRefusedException
{
    internal UsingException(ErrorRecord record)
        : base(record)
    {
    }
}
