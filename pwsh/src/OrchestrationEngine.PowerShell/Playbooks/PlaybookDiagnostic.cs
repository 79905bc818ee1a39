using System.Collections.Generic;
using System.Linq;
using System.Text.Json;
using OrchestrationEngine.PowerShell.Playbooks;

namespace OrchestrationEngine.PowerShell;

/// <summary>Something that is wrong or odd in a playbook. As text it is one line.</summary>
public sealed class PlaybookDiagnostic
{
    private PlaybookDiagnostic(JsonElement told, PlaybookSource source)
    {
        IsWarning = told.Text("severity") == "warning";
        Message = told.Text("message") ?? string.Empty;
        Advice = told.Text("advice");
        var (line, column) = (told.Count("line"), told.Count("column"));
        if (source.Definition is { } definition && line is null or 1 && told.Text("file") == DefinitionFile)
        {
            Key = column is { } place ? DefinitionPlaces.Find(definition, place) : null;
        }
        else
        {
            (File, Line, Column) = (told.Text("file"), line, column);
        }
    }

    /// <summary>Gets a value indicating whether the playbook can be used all the same.</summary>
    public bool IsWarning { get; }

    /// <summary>Gets the path of the file; null for a playbook that is in none.</summary>
    public string? File { get; }

    /// <summary>Gets the line in the file, from 1; null if it is not known.</summary>
    public int? Line { get; }

    /// <summary>Gets the column, in characters from 1; null if it is not known.</summary>
    public int? Column { get; }

    /// <summary>Gets what leads to it in a playbook that is in no file: <c>steps[2].condition</c>; null otherwise.</summary>
    public string? Key { get; }

    /// <summary>Gets what it is.</summary>
    public string Message { get; }

    /// <summary>Gets what to do about it; null if there is nothing to say.</summary>
    public string? Advice { get; }

    /// <summary>What the engine calls a playbook that is in no file.</summary>
    internal static string DefinitionFile => "the definition";

    /// <summary>Gets where it is, as an editor takes it: <c>deploy.psd1:4:9</c>.</summary>
    internal string Place => string.Join(":", new object?[] { File ?? Key ?? DefinitionFile, Line, Column }.OfType<object>());

    /// <inheritdoc/>
    public override string ToString() =>
        string.IsNullOrEmpty(Advice) ? $"{Place}: {Message}" : $"{Place}: {Message}. {Advice}";

    /// <summary>What an answer says is wrong or odd.</summary>
    /// <param name="answer">The answer.</param>
    /// <param name="source">The playbook that was asked about.</param>
    internal static IReadOnlyList<PlaybookDiagnostic> Read(JsonElement answer, PlaybookSource source) =>
        answer.List("diagnostics").Select(told => new PlaybookDiagnostic(told, source)).ToArray();
}
