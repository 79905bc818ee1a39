using System;
using System.Buffers;
using System.Collections.Generic;
using System.IO;
using OrchestrationEngine.PowerShell.Runspaces;

namespace OrchestrationEngine.PowerShell.Reports;

/// <summary>
/// A file that grows while a call runs, and is whole after each flush: the tail is written behind what is there, and
/// the next text over it. Others may read it meanwhile.
/// </summary>
internal sealed class ReportFile : IDisposable
{
    /// <summary>How many bytes are kept back at most.</summary>
    private const int FlushSize = 1 << 16;

    // Not every system keeps two of us from writing the same file, as a nested call with the same -Log would.
    private static readonly HashSet<string> Open =
        new(OperatingSystem.IsLinux() ? StringComparer.Ordinal : StringComparer.OrdinalIgnoreCase);

    private readonly FileStream _file;
    private readonly ArrayBufferWriter<byte> _pending = new();
    private readonly byte[] _tail;
    private bool _hasTail;

    private ReportFile(FileStream file, byte[] tail)
    {
        _file = file;
        _tail = tail;
    }

    /// <summary>Gets where to put text; flushed once there is much of it.</summary>
    internal IBufferWriter<byte> Text => _pending;

    /// <summary>Makes a file, in place of one that is there.</summary>
    /// <param name="target">Where.</param>
    /// <param name="tail">What the file must end with to be whole.</param>
    /// <exception cref="CallRefusedException">It cannot be written.</exception>
    internal static ReportFile Create(ReportTarget target, byte[] tail)
    {
        try
        {
            return new ReportFile(OpenStream(target.Path), tail);
        }
        catch (Exception problem) when (IsWriteProblem(problem))
        {
            throw new CallRefusedException(ReportErrors.CannotBeWritten(target.Parameter, target.Given, problem));
        }
    }

    private static FileStream OpenStream(string path)
    {
        lock (Open)
        {
            if (Open.Contains(path))
            {
                throw new IOException("Another log or trace is being written there.");
            }

            // Without a buffer of its own: what one flush writes is whole, whenever the process ends.
            var share = FileShare.Read | FileShare.Delete;
            var stream = new FileStream(path, FileMode.Create, FileAccess.Write, share, bufferSize: 0);
            Open.Add(path);
            return stream;
        }
    }

    /// <summary>Whether an error is the disk's or the path's, and none of ours.</summary>
    internal static bool IsWriteProblem(Exception problem) =>
        problem is IOException or UnauthorizedAccessException or NotSupportedException or ArgumentException;

    /// <summary>Flushes if there is much to write.</summary>
    /// <exception cref="IOException">It cannot be written.</exception>
    internal void FlushIfMuch()
    {
        if (_pending.WrittenCount >= FlushSize)
        {
            Flush();
        }
    }

    /// <summary>Writes what was put into <see cref="Text"/>.</summary>
    /// <exception cref="IOException">It cannot be written.</exception>
    internal void Flush()
    {
        if (_pending.WrittenCount == 0)
        {
            return;
        }

        if (_hasTail)
        {
            _file.Position -= _tail.Length;
        }

        // A pipe cannot go back over a tail; it gets one at its end.
        _hasTail = _file.CanSeek;
        if (_hasTail)
        {
            _pending.Write(_tail);
        }

        _file.Write(_pending.WrittenSpan);
        _pending.ResetWrittenCount();
    }

    /// <summary>Closes the file, which is whole as of the last flush.</summary>
    public void Dispose()
    {
        lock (Open)
        {
            Open.Remove(_file.Name);
        }

        using (_file)
        {
            if (!_file.CanSeek)
            {
                _file.Write(_tail);
            }
        }
    }
}
