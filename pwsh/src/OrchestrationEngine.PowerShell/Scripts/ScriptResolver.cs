using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Management.Automation;
using OrchestrationEngine.PowerShell.Runspaces;

namespace OrchestrationEngine.PowerShell.Scripts;

/// <summary>Finds the scripts that are meant by references. Looks at the disk once, when it has to.</summary>
internal sealed class ScriptResolver
{
    private readonly Lazy<ScriptCatalog> _catalog;
    private readonly string _location;

    /// <summary>Initializes a new instance of the <see cref="ScriptResolver"/> class.</summary>
    /// <param name="session">The caller's session. Used on its thread.</param>
    /// <param name="folders">The folders to look in, taken literally; empty for the usual ones.</param>
    internal ScriptResolver(SessionState session, IReadOnlyList<string> folders)
    {
        _location = session.Path.CurrentFileSystemLocation.ProviderPath;
        _catalog = new(() => new ScriptCatalog(ScriptFolders.Find(session, folders)));
    }

    /// <summary>All scripts there are, by number, then by name.</summary>
    /// <exception cref="CallRefusedException">There are no folders, or they cannot be read.</exception>
    internal IReadOnlyList<OrchestrationScript> All() => _catalog.Value.Scripts;

    /// <summary>The scripts that a reference means: one, or as many as a range or a pattern has, also none.</summary>
    /// <param name="reference">The reference.</param>
    /// <exception cref="CallRefusedException">There is no such script, or more than one where one is meant.</exception>
    internal IReadOnlyList<OrchestrationScript> Resolve(ScriptReference reference)
    {
        if (reference.Range is { } range && range.First > range.Last)
        {
            throw new CallRefusedException(ScriptErrors.RangeReversed(reference.Text, range));
        }

        var found = Find(reference);
        if (found.Count == 1 || (reference.IsPattern && !found.Any(script => IsCalled(script, reference))))
        {
            return found;
        }

        throw new CallRefusedException(found.Count > 1
            ? ScriptErrors.Ambiguous(reference.Text, found)
            : ScriptErrors.NotFound(reference, _catalog));
    }

    /// <summary>Every script that a reference may mean.</summary>
    /// <param name="reference">The reference.</param>
    /// <exception cref="CallRefusedException">The reference is a pattern that cannot be read.</exception>
    internal IReadOnlyList<OrchestrationScript> Find(ScriptReference reference)
    {
        if (reference.IsPath || reference.HasFolder)
        {
            var file = FileOf(reference);
            if (file is not null || reference.IsPath)
            {
                return file is null ? [] : [new OrchestrationScript(file)];
            }
        }

        if (reference.Range is { } range)
        {
            return All().Where(script => script.Value >= range.First && script.Value <= range.Last).ToArray();
        }

        var called = All().Where(script => IsCalled(script, reference)).ToArray();
        return called.Length == 0 && reference.IsPattern ? Match(reference) : called;
    }

    // From where the caller is, as PowerShell reads a path; only then from the folders of scripts.
    private string? FileOf(ScriptReference reference)
    {
        var path = Path.GetFullPath(reference.Text, _location);
        return new[] { path, path + ".ps1" }.FirstOrDefault(File.Exists);
    }

    private bool IsCalled(OrchestrationScript script, ScriptReference reference)
    {
        if (reference.Number is { } number)
        {
            return script.Value == number;
        }

        // A name may have characters of wildcards in it, which are then its own, with or without the escape.
        return Names(script).Any(name =>
            name.Equals(reference.Name, StringComparison.OrdinalIgnoreCase)
            || name.Equals(WildcardPattern.Unescape(reference.Name), StringComparison.OrdinalIgnoreCase));
    }

    private OrchestrationScript[] Match(ScriptReference reference)
    {
        try
        {
            var pattern = new WildcardPattern(reference.Name, WildcardOptions.IgnoreCase);
            return All()
                .Where(script => Names(script).Any(pattern.IsMatch) || (script.Number is { } number && pattern.IsMatch(number)))
                .ToArray();
        }
        catch (WildcardPatternException problem)
        {
            throw new CallRefusedException(ScriptErrors.PatternInvalid(reference.Text, problem));
        }
    }

    private string[] Names(OrchestrationScript script) =>
        [script.FileName, script.Name, _catalog.Value.RelativeName(script)];
}
