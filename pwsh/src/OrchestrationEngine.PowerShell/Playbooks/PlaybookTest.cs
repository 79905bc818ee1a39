using System.Collections.Generic;
using System.Linq;
using System.Text.Json;
using OrchestrationEngine.PowerShell.Playbooks;

namespace OrchestrationEngine.PowerShell;

/// <summary>What was found out about a playbook before it ran.</summary>
public sealed class PlaybookTest
{
    /// <summary>Initializes a new instance of the <see cref="PlaybookTest"/> class.</summary>
    /// <param name="answer">What the engine says.</param>
    /// <param name="source">The playbook that was asked about.</param>
    internal PlaybookTest(JsonElement answer, PlaybookSource source)
    {
        Name = source.Title ?? answer.Text("name")!;
        IsValid = answer.Flag("isValid");
        Steps = answer.Count("steps") ?? 0;
        NeedsPowerShell = answer.Texts("needsPowerShell");
        var diagnostics = PlaybookDiagnostic.Read(answer, source);
        Errors = diagnostics.Where(it => !it.IsWarning).ToArray();
        Warnings = diagnostics.Where(it => it.IsWarning).ToArray();
    }

    /// <summary>Gets its name.</summary>
    public string Name { get; }

    /// <summary>Gets a value indicating whether it can be run.</summary>
    public bool IsValid { get; }

    /// <summary>Gets how many steps do something.</summary>
    public int Steps { get; }

    /// <summary>Gets the paths of the steps that only PowerShell can do.</summary>
    public IReadOnlyList<string> NeedsPowerShell { get; }

    /// <summary>Gets what keeps it from running.</summary>
    public IReadOnlyList<PlaybookDiagnostic> Errors { get; }

    /// <summary>Gets what is odd in it.</summary>
    public IReadOnlyList<PlaybookDiagnostic> Warnings { get; }

    /// <inheritdoc/>
    public override string ToString() =>
        $"{Name} {(IsValid ? "can be run" : "cannot be run")}: {Steps} steps, {Errors.Count} errors, {Warnings.Count} warnings.";
}
