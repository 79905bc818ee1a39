using System.Collections;
using System.Text.Json;
using OrchestrationEngine.PowerShell.Runspaces;

namespace OrchestrationEngine.PowerShell.Playbooks;

/// <summary>The playbook that the engine is asked about or told to run: one of a name, a file, or one that was made here.</summary>
internal sealed class PlaybookSource
{
    /// <summary>What messages call a playbook that was made here.</summary>
    internal const string DefinitionOwner = "The definition";

    private readonly string _directory;

    private PlaybookSource(string directory, string? name, string? definition) =>
        (_directory, Name, Definition) = (directory, name, definition);

    /// <summary>Gets what a playbook that was made here calls itself; null for one of a name, and if it does not say.</summary>
    internal string? Title { get; private init; }

    /// <summary>Gets the name or path; null for one that was made here.</summary>
    internal string? Name { get; }

    /// <summary>Gets the JSON of one that was made here; null for one of a name.</summary>
    internal string? Definition { get; }

    /// <summary>A playbook of the project, or a file.</summary>
    /// <param name="name">Its name, or its path.</param>
    /// <param name="directory">The full path of the folder that relative paths begin at.</param>
    internal static PlaybookSource Named(string name, string directory) => new(directory, name, definition: null);

    /// <summary>A playbook that was made in PowerShell.</summary>
    /// <param name="definition">The playbook; not kept.</param>
    /// <param name="directory">The full path of the folder that relative paths in it begin at.</param>
    /// <exception cref="CallRefusedException">Something in it has no form in a playbook.</exception>
    internal static PlaybookSource Of(IDictionary definition, string directory) =>
        new(directory, name: null, DefinitionJson.Of(definition, DefinitionOwner))
        {
            Title = definition["name"] as string,
        };

    /// <summary>Writes the keys of a question that say which playbook it is about.</summary>
    internal void Write(Utf8JsonWriter json)
    {
        json.WriteString("directory", _directory);
        if (Definition is null)
        {
            json.WriteString("playbook", Name);
        }
        else
        {
            json.WritePropertyName("definition");
            json.WriteRawValue(Definition, skipInputValidation: true);
        }
    }
}
