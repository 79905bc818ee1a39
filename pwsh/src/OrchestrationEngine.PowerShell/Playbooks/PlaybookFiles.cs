using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using OrchestrationEngine.PowerShell.Scripts;

namespace OrchestrationEngine.PowerShell.Playbooks;

/// <summary>Where the files of playbooks and of templates for them are.</summary>
/// <param name="location">The full path of the current folder.</param>
internal sealed class PlaybookFiles(string location)
{
    /// <summary>What stands in a template for the name of the playbook that is made of it.</summary>
    internal const string NameMark = "__NAME__";

    /// <summary>What files with playbooks end in; the first counts if there are several of one name.</summary>
    internal static readonly string[] Extensions = [".psd1", ".yaml", ".yml", ".json"];

    private readonly string _root = ProjectRoot.Find(location);

    /// <summary>Gets the templates: those of the project, then those of the module that the project has none of its own for.</summary>
    internal IReadOnlyList<string> Templates => TemplateFolders
        .Where(Directory.Exists)
        .SelectMany(folder => Directory.EnumerateFiles(folder).Where(IsPlaybook).Order(StringComparer.OrdinalIgnoreCase))
        .DistinctBy(Path.GetFileNameWithoutExtension, StringComparer.OrdinalIgnoreCase)
        .ToArray();

    /// <summary>Gets the folders with templates.</summary>
    internal IEnumerable<string> TemplateFolders =>
    [
        Path.Combine(_root, "orchestration", "templates"),
        Path.Combine(Path.GetDirectoryName(typeof(PlaybookFiles).Assembly.Location)!, "templates"),
    ];

    /// <summary>Whether a file may hold a playbook, by its name.</summary>
    internal static bool IsPlaybook(string path) =>
        Extensions.Contains(Path.GetExtension(path), StringComparer.OrdinalIgnoreCase);

    /// <summary>The full path that a new playbook gets.</summary>
    /// <param name="name">Its name; / stands between folders.</param>
    /// <param name="extension">What it ends in.</param>
    internal string NewFile(string name, string extension) =>
        Path.Combine(_root, "orchestration", "playbooks", Path.Combine(name.Split('/')) + extension);

    /// <summary>The file of the project that has a name already, in whichever form; null if it is free.</summary>
    internal string? Existing(string name) =>
        Extensions.Select(extension => NewFile(name, extension)).FirstOrDefault(Path.Exists);
}
