using System;
using System.Management.Automation;

namespace OrchestrationEngine.PowerShell.Runspaces;

/// <summary>A $using: expression cannot be passed on; the record is what the cmdlet ends with.</summary>
internal sealed class UsingException : Exception
{
    internal UsingException(ErrorRecord record)
        : base(record.Exception.Message, record.Exception) => Record = record;

    internal ErrorRecord Record { get; }
}
