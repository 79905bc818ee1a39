using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Management.Automation;

namespace OrchestrationEngine.PowerShell.Imports;

/// <summary>Where modules lie on the disk.</summary>
internal static class ModuleFiles
{
    private static readonly string[] Extensions = [".psd1", ".psm1", ".dll", ".cdxml"];

    private static readonly string? OwnFolder = Path.GetDirectoryName(typeof(ModuleFiles).Assembly.Location);

    /// <summary>Whether a module is this one, which every worker has anyway.</summary>
    internal static bool IsOwn(PSModuleInfo module) =>
        FileOf(module) is { } file && Path.GetDirectoryName(file) == OwnFolder;

    /// <summary>Whether a name is that of a file or folder, as Import-Module takes it.</summary>
    internal static bool IsPath(string name) =>
        name.Contains('/', StringComparison.Ordinal)
        || name.Contains('\\', StringComparison.Ordinal)
        || Extensions.Contains(Path.GetExtension(name), StringComparer.OrdinalIgnoreCase);

    /// <summary>The manifest or file to import a module by; null if it was made in memory.</summary>
    internal static string? FileOf(PSModuleInfo module)
    {
        // The path of a module with a manifest is that of its root module, which alone is only a part of it.
        var manifest = Path.Combine(module.ModuleBase ?? string.Empty, module.Name + Extensions[0]);
        if (module.Version > new Version(0, 0) && !HasExtension(module.Path, Extensions[0]) && File.Exists(manifest))
        {
            return manifest;
        }

        return File.Exists(module.Path) ? module.Path : null;
    }

    /// <summary>The file of a module that is given by a path, or null if there is none.</summary>
    /// <param name="path">A full path: of a file, of a folder with a module of its name, or without extension.</param>
    internal static string? FileAt(string path)
    {
        if (File.Exists(path))
        {
            return path;
        }

        var inside = Path.Combine(path, Path.GetFileName(Path.TrimEndingDirectorySeparator(path)));
        return Extensions.SelectMany(extension => new[] { path + extension, inside + extension }).FirstOrDefault(File.Exists);
    }

    /// <summary>When what a module consists of was last written, as far as it is easily known.</summary>
    internal static long WrittenAt(params string?[] files) => files
        .Where(File.Exists)
        .Select(file => File.GetLastWriteTimeUtc(file!).Ticks)
        .DefaultIfEmpty()
        .Max();

    /// <summary>Whether PowerShell loads just this module, in this version, when a command of it is used.</summary>
    /// <param name="module">A module.</param>
    /// <param name="file">Its manifest or file.</param>
    internal static bool IsFoundByItself(PSModuleInfo module, string file)
    {
        var home = SearchPath().Select(folder => Path.Combine(folder, module.Name)).FirstOrDefault(Directory.Exists);
        if (home is null)
        {
            return false;
        }

        var newest = Directory.GetDirectories(home)
            .Where(folder => Version.TryParse(Path.GetFileName(folder), out _))
            .MaxBy(folder => Version.Parse(Path.GetFileName(folder)));
        return Path.GetDirectoryName(file) == (newest ?? home);
    }

    /// <summary>The names of modules that are installed, without looking into them.</summary>
    internal static IEnumerable<string> Installed() => SearchPath()
        .Where(Directory.Exists)
        .SelectMany(Directory.GetDirectories)
        .Select(folder => Path.GetFileName(folder)!);

    private static string[] SearchPath() =>
        (Environment.GetEnvironmentVariable("PSModulePath") ?? string.Empty)
            .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries);

    private static bool HasExtension(string path, string extension) =>
        Path.GetExtension(path).Equals(extension, StringComparison.OrdinalIgnoreCase);
}
