using System;
using System.Collections;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Management.Automation;
using System.Management.Automation.Language;

namespace OrchestrationEngine.PowerShell.Completers;

/// <summary>Suggests throttle limits for this machine, and says what each is good for.</summary>
internal sealed class ThrottleLimitCompleter : IArgumentCompleter
{
    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName,
        string parameterName,
        string wordToComplete,
        CommandAst commandAst,
        IDictionary fakeBoundParameters)
    {
        var processors = Environment.ProcessorCount;
        var limits = new (int Limit, string Purpose)[]
        {
            (1, "one item after another"),
            (processors, "as many as processors: items that compute"),
            (4 * processors, "four a processor: items that wait"),
        };
        return limits
            .Select(entry => (Text: entry.Limit.ToString(CultureInfo.InvariantCulture), entry.Purpose))
            .DistinctBy(entry => entry.Text)
            .Where(entry => entry.Text.StartsWith(wordToComplete, StringComparison.Ordinal))
            .Select(entry => new CompletionResult(
                entry.Text, entry.Text, CompletionResultType.ParameterValue, $"{entry.Text}: {entry.Purpose}"));
    }
}
