using System;
using System.Collections;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using System.Management.Automation.Language;

namespace OrchestrationEngine.PowerShell.Completers;

/// <summary>Suggests the environments that playbooks usually know.</summary>
internal sealed class EnvironmentContextCompleter : IArgumentCompleter
{
    private static readonly string[] Names = ["dev", "staging", "prod"];

    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName,
        string parameterName,
        string wordToComplete,
        CommandAst commandAst,
        IDictionary fakeBoundParameters) => Names
        .Where(name => name.StartsWith(wordToComplete.Trim('\'', '"'), StringComparison.OrdinalIgnoreCase))
        .Select(name => new CompletionResult(name));
}
