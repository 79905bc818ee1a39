using System.Management.Automation;
using System.Management.Automation.Remoting.Internal;

namespace OrchestrationEngine.PowerShell.Output;

/// <summary>Writes a record that was made in another runspace to the stream of a cmdlet that it belongs to.</summary>
internal static class StreamRecord
{
    /// <summary>
    /// Does what ForEach-Object -Parallel does, too: unlike WriteError it leaves id, activity and position of an error
    /// as they are, and it does not ask when a preference says Inquire.
    /// </summary>
    internal static void Write(Cmdlet cmdlet, object? record)
    {
        var streamed = record switch
        {
            ErrorRecord error => new PSStreamObject(PSStreamObjectType.Error, error),
            WarningRecord warning => new PSStreamObject(PSStreamObjectType.Warning, warning.Message),
            VerboseRecord verbose => new PSStreamObject(PSStreamObjectType.Verbose, verbose.Message),
            DebugRecord debug => new PSStreamObject(PSStreamObjectType.Debug, debug.Message),
            InformationRecord information => new PSStreamObject(PSStreamObjectType.Information, information),
            ProgressRecord progress => new PSStreamObject(PSStreamObjectType.Progress, progress),
            _ => null,
        };
        streamed?.WriteStreamObject(cmdlet, overrideInquire: true);
    }
}
