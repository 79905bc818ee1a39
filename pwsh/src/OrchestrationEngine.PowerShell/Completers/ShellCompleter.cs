using System;
using System.Collections;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using System.Management.Automation.Language;

namespace OrchestrationEngine.PowerShell.Completers;

/// <summary>Suggests the shells that commands of playbooks can be for.</summary>
internal sealed class ShellCompleter : IArgumentCompleter
{
    private static readonly (string Name, string Purpose)[] Shells =
    [
        ("powershell", "PowerShell itself, in a warm runspace"),
        ("bash", "bash -c"),
        ("sh", "the shell of the system"),
        ("cmd", "the command processor of Windows"),
        ("python", "python3 -c"),
        ("zsh", "zsh -c"),
        ("ksh", "ksh -c"),
        ("dash", "dash -c"),
    ];

    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName,
        string parameterName,
        string wordToComplete,
        CommandAst commandAst,
        IDictionary fakeBoundParameters) => Shells
        .Where(shell => shell.Name.StartsWith(wordToComplete.Trim('\'', '"'), StringComparison.OrdinalIgnoreCase))
        .Select(shell => new CompletionResult(shell.Name, shell.Name, CompletionResultType.ParameterValue, shell.Purpose));
}
