using System.Buffers;

namespace OrchestrationEngine.PowerShell.Reports;

/// <summary>How a file says what became of items. UTF-8.</summary>
internal interface IReportFormat
{
    /// <summary>Writes what the file begins with.</summary>
    void WriteHead(IBufferWriter<byte> text);

    /// <summary>Writes an item.</summary>
    void Write(IBufferWriter<byte> text, in ItemEntry entry);

    /// <summary>Gets what the file must end with to be whole; empty if it is whole after each item.</summary>
    byte[] Tail { get; }
}
