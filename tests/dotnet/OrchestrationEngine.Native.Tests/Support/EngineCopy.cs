using System;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Reflection;
using System.Runtime.Loader;
using Xunit;

namespace OrchestrationEngine.Native.Tests.Support;

/// <summary>
/// The Native assembly once more, loaded from a folder of its own, to which the test gives whatever native library it
/// wants.
/// </summary>
internal sealed class EngineCopy : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("oe-native-");
    private readonly AssemblyLoadContext _context = new("a copy of the engine", isCollectible: true);

    internal EngineCopy()
    {
        var ours = RealLibrary();
        LibraryPath = Path.Combine(_folder.FullName, Path.GetRelativePath(AppContext.BaseDirectory, ours));
        Directory.CreateDirectory(Path.GetDirectoryName(LibraryPath)!);
        File.Copy(typeof(Pool).Assembly.Location, AssemblyPath);
    }

    /// <summary>Gets where the copy looks for its library; there is none yet.</summary>
    internal string LibraryPath { get; }

    private string AssemblyPath => Path.Combine(_folder.FullName, "OrchestrationEngine.Native.dll");

    /// <summary>The library that the tests run with.</summary>
    internal static string RealLibrary() => Directory
        .EnumerateFiles(AppContext.BaseDirectory, "*orchestration_engine.*", SearchOption.AllDirectories)
        .Single(path => Path.GetExtension(path) is ".so" or ".dll" or ".dylib");

    /// <summary>Compiles a library from Rust, with the compiler that has built the engine's.</summary>
    internal void CompileLibrary(string source)
    {
        var file = Path.Combine(_folder.FullName, "library.rs");
        File.WriteAllText(file, source);
        using var compiler = Process.Start("rustc", ["--edition", "2021", "--crate-type", "cdylib", "-o", LibraryPath, file]);
        compiler.WaitForExit();
        Assert.Equal(0, compiler.ExitCode);
    }

    /// <summary>Asks the copy for the version of its interface.</summary>
    internal object? AbiVersion()
    {
        var engine = _context.LoadFromAssemblyPath(AssemblyPath).GetType(typeof(Engine).FullName!, throwOnError: true)!;
        return engine.GetProperty(nameof(Engine.AbiVersion))!.GetValue(null);
    }

    /// <summary>The error that the copy has with its library, and its problem by name.</summary>
    internal (string Problem, string Path, string Message) Problem()
    {
        var error = Assert.Throws<TargetInvocationException>(AbiVersion).InnerException!;
        Assert.Equal(typeof(EngineLibraryException).FullName, error.GetType().FullName);
        var problem = Property(error, nameof(EngineLibraryException.Problem));
        return (problem, Property(error, nameof(EngineLibraryException.Path)), error.Message);
    }

    public void Dispose()
    {
        _context.Unload();
        try
        {
            _folder.Delete(recursive: true);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // Windows keeps the files of what is still loaded.
        }
    }

    private static string Property(object error, string name) =>
        error.GetType().GetProperty(name)!.GetValue(error)!.ToString()!;
}
