using System;
using System.Buffers;
using System.Collections.Generic;
using System.IO;
using OrchestrationEngine.PowerShell.Runspaces;

namespace OrchestrationEngine.PowerShell.Reports;

/// <summary>
/// A file that grows while a call runs, and is whole after each flush: the tail is written behind what is there, and
/// the next text over it. Others may read it meanwhile, if the system lets them: a new file is the user's alone, since
/// it says what the items were. One that is there keeps the rights that it was given.
/// </summary>
internal sealed class ReportFile : IDisposable
{
    /// <summary>How many bytes are kept back at most.</summary>
    private const int FlushSize = 1 << 16;

    // Not every system keeps two of us from writing the same file, as a nested call with the same -Log would.
    private static readonly HashSet<string> Open =
        new(OperatingSystem.IsLinux() ? StringComparer.Ordinal : StringComparer.OrdinalIgnoreCase);

    private readonly FileStream _file;
    private readonly string _name;
    private readonly ArrayBufferWriter<byte> _pending = new();
    private readonly byte[] _tail;
    private long _end;

    private ReportFile(FileStream file, string name, byte[] tail)
    {
        _file = file;
        _name = name;
        _tail = tail;
    }

    /// <summary>Gets where to put text; flushed once there is much of it.</summary>
    internal IBufferWriter<byte> Text => _pending;

    /// <summary>Makes a file, or opens the one that is there, which is as it was until <see cref="Empty"/>.</summary>
    /// <param name="target">Where.</param>
    /// <param name="tail">What the file must end with to be whole.</param>
    /// <exception cref="CallRefusedException">It cannot be written.</exception>
    internal static ReportFile Create(ReportTarget target, byte[] tail)
    {
        try
        {
            var name = BehindLinks(target.Path);
            return new ReportFile(OpenStream(name), name, tail);
        }
        catch (Exception problem) when (IsWriteProblem(problem))
        {
            throw new CallRefusedException(ReportErrors.CannotBeWritten(target.Parameter, target.Given, problem));
        }
    }

    private static string BehindLinks(string path) => new FileInfo(path).LinkTarget is null
        ? path
        : File.ResolveLinkTarget(path, returnFinalTarget: true)!.FullName;

    private static FileStream OpenStream(string name)
    {
        lock (Open)
        {
            if (Open.Contains(name))
            {
                throw new IOException("Another log or trace is being written there.");
            }

            // Without a buffer of its own: what one flush writes is whole, whenever the process ends.
            var stream = new FileStream(name, OptionsOfStream());
            Open.Add(name);
            return stream;
        }
    }

    private static FileStreamOptions OptionsOfStream()
    {
        var options = new FileStreamOptions
        {
            Mode = FileMode.OpenOrCreate,
            Access = FileAccess.Write,
            Share = FileShare.Read | FileShare.Delete,
            BufferSize = 0,
        };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        return options;
    }

    /// <summary>Whether an error is the disk's or the path's, and none of ours.</summary>
    internal static bool IsWriteProblem(Exception problem) =>
        problem is IOException or UnauthorizedAccessException or NotSupportedException or ArgumentException;

    /// <summary>Takes out what was in the file before.</summary>
    /// <exception cref="IOException">It cannot be written.</exception>
    internal void Empty()
    {
        if (_file.CanSeek && _file.Length > 0)
        {
            _file.SetLength(0);
        }
    }

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

        // A pipe cannot go back over a tail; it gets one at its end.
        if (!_file.CanSeek)
        {
            _file.Write(_pending.WrittenSpan);
            _pending.ResetWrittenCount();
            return;
        }

        _pending.Write(_tail);
        try
        {
            _file.Position = _end;
            _file.Write(_pending.WrittenSpan);
            _end = _file.Position - _tail.Length;
            _pending.ResetWrittenCount();
        }
        catch (Exception problem) when (IsWriteProblem(problem))
        {
            CutBack();
            throw;
        }
    }

    // A disk that is full may have taken half a row. The tail had its place before.
    private void CutBack()
    {
        try
        {
            _file.SetLength(_end);
            _file.Position = _end;
            _file.Write(_tail);
        }
        catch (Exception problem) when (IsWriteProblem(problem))
        {
            // So it stays as it is; the error that is thrown says that the file has ended early.
        }
    }

    /// <summary>Closes the file, which is whole as of the last flush.</summary>
    public void Dispose()
    {
        lock (Open)
        {
            Open.Remove(_name);
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
