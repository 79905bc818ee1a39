using System;

namespace OrchestrationEngine.Native;

/// <summary>What is wrong with the native library.</summary>
public enum EngineLibraryProblem
{
    /// <summary>The file is not there, or is not for this system.</summary>
    Missing,

    /// <summary>The file is a library of another version of the engine.</summary>
    WrongVersion,

    /// <summary>The file is some other library.</summary>
    NotOurs,
}

/// <summary>The native library cannot be used; the message says why and what to do.</summary>
public sealed class EngineLibraryException : Exception
{
    private EngineLibraryException(EngineLibraryProblem problem, string path, string message, Exception? inner)
        : base(message, inner)
    {
        Problem = problem;
        Path = path;
    }

    /// <summary>Gets what is wrong.</summary>
    public EngineLibraryProblem Problem { get; }

    /// <summary>Gets where the library was looked for.</summary>
    public string Path { get; }

    internal static EngineLibraryException Missing(string path, Exception inner) => new(
        EngineLibraryProblem.Missing,
        path,
        $"The native engine cannot be loaded from '{path}': {inner.Message} Build it with tools/build.sh, or install "
            + "a module package that has this platform.",
        inner);

    internal static EngineLibraryException WrongVersion(string path, uint found, uint expected) => new(
        EngineLibraryProblem.WrongVersion,
        path,
        $"The native engine at '{path}' has version {found} of the interface, but this module needs version "
            + $"{expected}. Build both from the same source with tools/build.sh, or install the module again.",
        null);

    internal static EngineLibraryException NotOurs(string path, Exception inner) => new(
        EngineLibraryProblem.NotOurs,
        path,
        $"The library at '{path}' is not the native engine: {inner.Message} Build it with tools/build.sh, or install "
            + "the module again.",
        inner);
}
