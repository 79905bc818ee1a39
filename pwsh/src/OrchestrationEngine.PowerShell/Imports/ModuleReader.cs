using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Management.Automation;
using Microsoft.PowerShell.Commands;
using OrchestrationEngine.PowerShell.Output;
using OrchestrationEngine.PowerShell.Runspaces;

namespace OrchestrationEngine.PowerShell.Imports;

/// <summary>
/// Finds the modules that a call imports: those that the caller has loaded first, then those that are installed.
/// </summary>
/// <param name="caller">The caller's session. Used on its thread.</param>
internal sealed class ModuleReader(SessionState caller)
{
    private const string Find =
        "param($name, $specification, $available) "
        + "$by = if ($null -ne $specification) { @{ FullyQualifiedName = $specification } } else { @{ Name = $name } }; "
        + @"Microsoft.PowerShell.Core\Get-Module @by -ListAvailable:$available -ErrorAction Ignore";

    private readonly List<ModuleImport> _found = [];
    private ScriptBlock? _find;

    /// <summary>Gets what was added, in that order.</summary>
    internal ValueList<ModuleImport> Found => new(_found);

    /// <summary>Adds modules that were asked for.</summary>
    /// <exception cref="CallRefusedException">A module is not there, or has no file.</exception>
    internal void Add(ModuleSpecification wanted)
    {
        if (ModuleFiles.IsPath(wanted.Name))
        {
            Add(wanted, caller.Path.GetUnresolvedProviderPathFromPSPath(wanted.Name));
        }
        else if (WildcardPattern.ContainsWildcardCharacters(wanted.Name))
        {
            AddMatches(wanted);
        }
        else
        {
            Add(Loaded(wanted).FirstOrDefault() ?? Installed(wanted).FirstOrDefault() ?? throw NotFound(wanted));
        }
    }

    /// <summary>Adds all modules of the caller that PowerShell would not find by itself in a worker.</summary>
    internal void AddAllNotFound()
    {
        foreach (var module in Get(new ModuleSpecification("*"), available: false))
        {
            AddUnlessFound(module);
        }
    }

    /// <summary>Adds a module, if it has a file and PowerShell would not find it by itself.</summary>
    internal void AddUnlessFound(PSModuleInfo module)
    {
        if (ModuleFiles.FileOf(module) is { } file
            && !ModuleFiles.IsOwn(module)
            && !ModuleFiles.IsFoundByItself(module, file))
        {
            Add(module, file);
        }
    }

    private void Add(PSModuleInfo module) =>
        Add(module, ModuleFiles.FileOf(module) ?? throw new CallRefusedException(ImportErrors.ModuleHasNoFile(module.Name)));

    private void Add(PSModuleInfo module, string file) =>
        Add(ModuleImport.Of(module, file) with { Written = ModuleFiles.WrittenAt(file, module.Path) });

    private void Add(ModuleSpecification wanted, string path)
    {
        var file = ModuleFiles.FileAt(path) ?? throw NotFound(wanted);
        if (IsPlain(wanted))
        {
            Add(new ModuleImport(Path.GetFileNameWithoutExtension(file), file) { Written = ModuleFiles.WrittenAt(file) });
            return;
        }

        // The path without what is asked of the version, to see what is there.
        var module = Get(new ModuleSpecification(file), available: true).FirstOrDefault(found => Meets(found, wanted));
        Add(module ?? throw NotFound(wanted), file);
    }

    private void AddMatches(ModuleSpecification wanted)
    {
        var modules = Loaded(wanted);
        foreach (var module in modules.Count > 0 ? modules : Installed(wanted))
        {
            if (!ModuleFiles.IsOwn(module) && ModuleFiles.FileOf(module) is { } file)
            {
                Add(module, file);
            }
        }
    }

    private void Add(ModuleImport module)
    {
        if (!_found.Exists(other => other.Path == module.Path))
        {
            _found.Add(module);
        }
    }

    private List<PSModuleInfo> Loaded(ModuleSpecification wanted) => Get(wanted, available: false);

    private List<PSModuleInfo> Installed(ModuleSpecification wanted) => Get(wanted, available: true)
        .GroupBy(module => module.Name, StringComparer.OrdinalIgnoreCase)
        .Select(versions => versions.MaxBy(module => module.Version)!)
        .ToList();

    private List<PSModuleInfo> Get(ModuleSpecification wanted, bool available)
    {
        _find ??= ScriptBlock.Create(Find);
        var specification = IsPlain(wanted) ? null : wanted;
        return caller.InvokeCommand
            .InvokeScript(useLocalScope: true, _find, input: null, wanted.Name, specification, available)
            .Select(result => result.BaseObject)
            .OfType<PSModuleInfo>()
            .ToList();
    }

    private CallRefusedException NotFound(ModuleSpecification wanted)
    {
        if (!IsPlain(wanted))
        {
            // The name may be right, and what is there of another version.
            return new CallRefusedException(ImportErrors.ModuleNotFound($"{wanted.Name} ({Requirement(wanted)})", []));
        }

        var loaded = Get(new ModuleSpecification("*"), available: false).Select(module => module.Name);
        var known = loaded.Concat(ModuleFiles.Installed()).Distinct(StringComparer.OrdinalIgnoreCase);
        return new CallRefusedException(ImportErrors.ModuleNotFound(wanted.Name, known));
    }

    private static bool IsPlain(ModuleSpecification wanted) =>
        wanted.Version is null && wanted.RequiredVersion is null && wanted.MaximumVersion is null && wanted.Guid is null;

    private static bool Meets(PSModuleInfo module, ModuleSpecification wanted) =>
        (wanted.Version is null || module.Version >= wanted.Version)
        && (wanted.RequiredVersion is null || module.Version == wanted.RequiredVersion)
        && (wanted.MaximumVersion is null || module.Version <= Highest(wanted.MaximumVersion))
        && (wanted.Guid is null || module.Guid == wanted.Guid);

    // As Import-Module reads it: 2.* is any 2.
    private static Version Highest(string version) =>
        Version.Parse(version.Replace("*", int.MaxValue.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal));

    private static string Requirement(ModuleSpecification wanted) => string.Join(", ", new[]
    {
        wanted.Version is null ? string.Empty : $"version {wanted.Version} or newer",
        wanted.RequiredVersion is null ? string.Empty : $"version {wanted.RequiredVersion}",
        wanted.MaximumVersion is null ? string.Empty : $"version {wanted.MaximumVersion} or older",
        wanted.Guid is null ? string.Empty : $"GUID {wanted.Guid}",
    }.Where(part => part.Length > 0));
}
