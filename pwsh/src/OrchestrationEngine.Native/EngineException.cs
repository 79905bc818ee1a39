using System;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using OrchestrationEngine.Native.Interop;

namespace OrchestrationEngine.Native;

/// <summary>The native engine refused a call; the message is the engine's own.</summary>
public sealed class EngineException : Exception
{
    internal EngineException(EngineStatus status, string message)
        : base(message) => Status = status;

    /// <summary>Gets what the call came to.</summary>
    public EngineStatus Status { get; }

    internal static EngineException WrongThread() =>
        new(EngineStatus.InvalidState, "A worker may be used on its own thread only.");

    /// <summary>Throws what the last call on this thread failed with.</summary>
    [DoesNotReturn]
    internal static void Throw(EngineStatus status) => throw new EngineException(status, LastError(status));

    internal static void ThrowUnlessOk(EngineStatus status)
    {
        if (status != EngineStatus.Ok)
        {
            Throw(status);
        }
    }

    private static string LastError(EngineStatus status)
    {
        // Outcomes have no text of their own, and that of an earlier error may still be there.
        if (status < EngineStatus.NullArgument
            || NativeMethods.oe_last_error([], 0, out var length) != EngineStatus.Ok
            || length == 0)
        {
            return $"The native engine returned status {(int)status} ({status}).";
        }

        var bytes = new byte[(int)length];
        _ = NativeMethods.oe_last_error(bytes, length, out _);
        return Encoding.UTF8.GetString(bytes);
    }
}
