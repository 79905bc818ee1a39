using System;
using System.Management.Automation;

namespace OrchestrationEngine.PowerShell.Runspaces;

/// <summary>What a call asks for cannot be had; the record is what the cmdlet ends with.</summary>
internal sealed class CallRefusedException : Exception
{
    internal CallRefusedException(ErrorRecord record)
        : base(record.Exception.Message, record.Exception) => Record = record;

    internal ErrorRecord Record { get; }
}
