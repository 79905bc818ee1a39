using System;
using System.IO;
using OrchestrationEngine.Native.Tests.Support;
using Xunit;

namespace OrchestrationEngine.Native.Tests;

/// <summary>A library that is missing, too old or another's is a clear error before anything is called.</summary>
public sealed class LibraryTests
{
    [Fact]
    public void The_right_library_beside_the_assembly_is_taken()
    {
        using var copy = new EngineCopy();
        File.Copy(EngineCopy.RealLibrary(), copy.LibraryPath);

        Assert.Equal(Engine.AbiVersion, copy.AbiVersion());
    }

    [Fact]
    public void A_missing_library_names_its_path_and_what_to_do()
    {
        using var copy = new EngineCopy();

        var (problem, path, message) = copy.Problem();

        Assert.Equal(nameof(EngineLibraryProblem.Missing), problem);
        Assert.Equal(copy.LibraryPath, path);
        Assert.Contains(copy.LibraryPath, message, StringComparison.Ordinal);
        Assert.Contains("tools/build.sh", message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_library_is_the_same_error_each_time()
    {
        using var copy = new EngineCopy();

        Assert.Equal(copy.Problem(), copy.Problem());
    }

    [Fact]
    public void A_file_that_is_no_library_counts_as_missing()
    {
        using var copy = new EngineCopy();
        File.WriteAllText(copy.LibraryPath, "no library");

        var (problem, path, _) = copy.Problem();

        Assert.Equal((nameof(EngineLibraryProblem.Missing), copy.LibraryPath), (problem, path));
    }

    [Fact]
    public void A_library_of_another_version_names_both_versions()
    {
        using var copy = new EngineCopy();
        copy.CompileLibrary("#[no_mangle] pub extern \"C\" fn oe_abi_version() -> u32 { 4711 }");

        var (problem, path, message) = copy.Problem();

        Assert.Equal((nameof(EngineLibraryProblem.WrongVersion), copy.LibraryPath), (problem, path));
        Assert.Contains("version 4711", message, StringComparison.Ordinal);
        Assert.Contains($"version {Engine.AbiVersion}.", message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_library_that_is_not_ours_is_said_to_be_so()
    {
        using var copy = new EngineCopy();
        copy.CompileLibrary("#[no_mangle] pub extern \"C\" fn something_else() -> i32 { 1 }");

        var (problem, path, message) = copy.Problem();

        Assert.Equal((nameof(EngineLibraryProblem.NotOurs), copy.LibraryPath), (problem, path));
        Assert.Contains("is not the native engine", message, StringComparison.Ordinal);
    }
}
