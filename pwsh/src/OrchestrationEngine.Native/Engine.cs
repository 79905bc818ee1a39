using OrchestrationEngine.Native.Interop;

namespace OrchestrationEngine.Native;

/// <summary>The native engine as a whole.</summary>
public static class Engine
{
    /// <summary>How many workers all pools of a process may have at work together.</summary>
    public const int WorkerLimit = 1024;

    /// <summary>Gets the version of the native interface, as the loaded library has it.</summary>
    /// <exception cref="EngineLibraryException">The library is missing or of another version.</exception>
    public static int AbiVersion
    {
        get
        {
            NativeLibraryLoader.ThrowIfUnusable();
            return (int)NativeMethods.oe_abi_version();
        }
    }
}
