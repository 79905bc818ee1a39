using System.Collections.Generic;
using System.Collections.Specialized;
using System.Linq;
using System.Text.Json;
using OrchestrationEngine.PowerShell.Playbooks;

namespace OrchestrationEngine.PowerShell;

/// <summary>What came of reading a playbook's file.</summary>
public sealed class PlaybookImport
{
    /// <summary>Initializes a new instance of the <see cref="PlaybookImport"/> class.</summary>
    /// <param name="answer">What the engine says.</param>
    /// <param name="source">The playbook that was asked about.</param>
    internal PlaybookImport(JsonElement answer, PlaybookSource source)
    {
        Name = answer.Text("name")!;
        SourceFile = answer.Text("file")!;
        var diagnostics = PlaybookDiagnostic.Read(answer, source);
        Errors = diagnostics.Where(it => !it.IsWarning).ToArray();
        Warnings = diagnostics.Where(it => it.IsWarning).ToArray();
        Definition = answer.TryGetProperty("definition", out var read) ? DefinitionReader.Read(read) as OrderedDictionary : null;
    }

    /// <summary>Gets a value indicating whether there is a playbook in the file.</summary>
    public bool Success => Definition is not null && Errors.Count == 0;

    /// <summary>Gets its name.</summary>
    public string Name { get; }

    /// <summary>Gets what is in the file, in its order; null if it cannot be read.</summary>
    public OrderedDictionary? Definition { get; }

    /// <summary>Gets the full path of the file.</summary>
    public string SourceFile { get; }

    /// <summary>Gets what makes it no playbook.</summary>
    public IReadOnlyList<PlaybookDiagnostic> Errors { get; }

    /// <summary>Gets what is odd in it.</summary>
    public IReadOnlyList<PlaybookDiagnostic> Warnings { get; }
}
