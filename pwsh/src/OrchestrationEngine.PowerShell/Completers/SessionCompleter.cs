using System.Collections;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using System.Management.Automation.Language;
using Shell = System.Management.Automation.PowerShell;

namespace OrchestrationEngine.PowerShell.Completers;

/// <summary>Suggests what the session knows; its words are taken without their quotes and quoted where they need it.</summary>
internal abstract class SessionCompleter : IArgumentCompleter
{
    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName,
        string parameterName,
        string wordToComplete,
        CommandAst commandAst,
        IDictionary fakeBoundParameters)
    {
        using var shell = Shell.Create(RunspaceMode.CurrentRunspace);

        // Now, and not when somebody reads it: the shell is gone by then.
        return Complete(shell, wordToComplete.Trim('\'', '"'), fakeBoundParameters).ToArray();
    }

    /// <summary>Suggests what a word may be the beginning of.</summary>
    /// <param name="shell">An empty shell of the session.</param>
    /// <param name="word">The word.</param>
    /// <param name="bound">The other parameters of the call, as far as they are known.</param>
    protected abstract IEnumerable<CompletionResult> Complete(Shell shell, string word, IDictionary bound);

    /// <summary>Makes a suggestion.</summary>
    /// <param name="text">What is written, before it is quoted.</param>
    /// <param name="label">What a menu shows.</param>
    /// <param name="tip">What is said about it.</param>
    protected static CompletionResult Suggest(string text, string label, string tip) =>
        new(Quote(text), label, CompletionResultType.ParameterValue, tip);

    private static string Quote(string text) =>
        text.All(letter => char.IsLetterOrDigit(letter) || letter is '-' or '_' or '.')
            ? text
            : $"'{CodeGeneration.EscapeSingleQuotedStringContent(text)}'";
}
