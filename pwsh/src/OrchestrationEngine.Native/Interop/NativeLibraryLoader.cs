using System;
using System.IO;
using System.Reflection;
using System.Runtime.InteropServices;

namespace OrchestrationEngine.Native.Interop;

/// <summary>
/// Loads the native library by absolute path from this assembly's own folder, so that neither the working directory
/// nor a search path decides which code runs.
/// </summary>
internal static class NativeLibraryLoader
{
    /// <summary>The version of the interface that this assembly was written for.</summary>
    internal const uint AbiVersion = 1;

    private static readonly Lazy<EngineLibraryException?> Problem = new(Check);

    internal static void Register() =>
        NativeLibrary.SetDllImportResolver(typeof(NativeLibraryLoader).Assembly, Resolve);

    /// <summary>Throws what is wrong with the library, if anything; looks only once.</summary>
    internal static void ThrowIfUnusable()
    {
        if (Problem.Value is { } problem)
        {
            throw problem;
        }
    }

    private static EngineLibraryException? Check()
    {
        try
        {
            var found = NativeMethods.oe_abi_version();
            return found == AbiVersion ? null : EngineLibraryException.WrongVersion(LibraryPath(), found, AbiVersion);
        }
        catch (Exception error) when (error is DllNotFoundException or BadImageFormatException)
        {
            return EngineLibraryException.Missing(LibraryPath(), error);
        }
        catch (EntryPointNotFoundException error)
        {
            return EngineLibraryException.NotOurs(LibraryPath(), error);
        }
    }

    private static nint Resolve(string name, Assembly assembly, DllImportSearchPath? searchPath)
    {
        if (name != NativeMethods.Library)
        {
            return 0;
        }

        var path = LibraryPath();
        return File.Exists(path)
            ? NativeLibrary.Load(path)
            : throw new DllNotFoundException($"There is no file '{path}'.");
    }

    // A module has one folder a platform; a program that was published for one platform has the file beside it.
    private static string LibraryPath()
    {
        var folder = Path.GetDirectoryName(typeof(NativeLibraryLoader).Assembly.Location);
        folder = string.IsNullOrEmpty(folder) ? AppContext.BaseDirectory : folder;
        var inPlatform = Path.Combine(folder, PlatformName(), FileName());
        var beside = Path.Combine(folder, FileName());
        return !File.Exists(inPlatform) && File.Exists(beside) ? beside : inPlatform;
    }

    private static string PlatformName()
    {
        var system = OperatingSystem.IsWindows() ? "win" : OperatingSystem.IsMacOS() ? "osx" : "linux";
        var architecture = RuntimeInformation.ProcessArchitecture.ToString();
        return $"{system}-{architecture.ToLowerInvariant()}";
    }

    private static string FileName() =>
        OperatingSystem.IsWindows() ? "orchestration_engine.dll"
        : OperatingSystem.IsMacOS() ? "liborchestration_engine.dylib"
        : "liborchestration_engine.so";
}
