using System.Buffers;

namespace OrchestrationEngine.PowerShell.Reports;

/// <summary>How a file says what became of items. UTF-8.</summary>
internal interface IReportFormat
{
    /// <summary>Writes what the file begins with.</summary>
    void WriteHead(IBufferWriter<byte> text);

    /// <summary>Gets a value indicating whether it tells each attempt at an item, and not only the last.</summary>
    bool TellsAttempts { get; }

    /// <summary>Writes an item, or an attempt at one.</summary>
    void Write(IBufferWriter<byte> text, in ItemEntry entry);

    /// <summary>Gets what the file must end with to be whole; empty if it is whole after each item.</summary>
    byte[] Tail { get; }
}
