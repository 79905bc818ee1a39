using System.Collections.Generic;
using System.Text.Json;
using OrchestrationEngine.PowerShell.Playbooks;

namespace OrchestrationEngine.PowerShell;

/// <summary>A playbook of a project. It stands for its file, so it can be given where a playbook's name or path is asked for.</summary>
public sealed class PlaybookInfo
{
    /// <summary>Initializes a new instance of the <see cref="PlaybookInfo"/> class.</summary>
    /// <param name="told">What the engine says of it.</param>
    internal PlaybookInfo(JsonElement told)
    {
        Name = told.Text("name")!;
        Path = told.Text("path")!;
        Description = told.Text("description");
        Version = told.Text("version");
        Dialect = told.Text("dialect");
        Parameters = told.Texts("parameters");
        Steps = told.Count("steps") ?? 0;
        IsValid = told.Flag("isValid");
    }

    /// <summary>Gets its name: that of its file without the extension, with the folders that it is in.</summary>
    public string Name { get; }

    /// <summary>Gets what it is for; null if it does not say.</summary>
    public string? Description { get; }

    /// <summary>Gets its version; null if it does not say.</summary>
    public string? Version { get; }

    /// <summary>Gets the key that holds what it does: steps, Sequence, Stages, jobs and so on; null if it cannot be read.</summary>
    public string? Dialect { get; }

    /// <summary>Gets the names of its parameters.</summary>
    public IReadOnlyList<string> Parameters { get; }

    /// <summary>Gets how many steps do something.</summary>
    public int Steps { get; }

    /// <summary>Gets a value indicating whether it can be run; Test-PlaybookDefinition says what is wrong.</summary>
    public bool IsValid { get; }

    /// <summary>Gets the full path of its file.</summary>
    public string Path { get; }

    /// <summary>The full path of its file.</summary>
    public override string ToString() => Path;
}
