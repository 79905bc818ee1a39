using System;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using OrchestrationEngine.PowerShell.Output;

namespace OrchestrationEngine.PowerShell.Scripts;

/// <summary>The errors of scripts that cannot be found.</summary>
internal static class ScriptErrors
{
    // How many of the files that a reference may mean are named.
    private const int MostNamed = 5;

    internal static ErrorRecord NoFolder(IEnumerable<string> looked) => Errors.Advise(
        new ItemNotFoundException($"There is no folder of scripts at {List(looked)}."),
        "ScriptFolderNotFound",
        ErrorCategory.ObjectNotFound,
        looked.First(),
        $"Name the folder with -ScriptPath, or set $env:{ScriptFolders.Variable} to it.");

    internal static ErrorRecord FolderUnreadable(string folder, Exception reason) => Errors.Advise(
        new PSInvalidOperationException($"The scripts in '{folder}' cannot be listed: {reason.Message}", reason),
        "ScriptFolderUnreadable",
        ErrorCategory.ReadError,
        folder,
        "Give yourself the right to read the folder and those inside it, or name others with -ScriptPath.");

    internal static ErrorRecord NotFound(ScriptReference reference, Lazy<ScriptCatalog> catalog)
    {
        var message = reference.IsPath
            ? $"There is no script file {reference}."
            : $"There is no script {reference} in {List(catalog.Value.Folders)}.";
        return Errors.Advise(
            new ItemNotFoundException(message + (reference.IsPath ? string.Empty : Suggest(reference, catalog.Value))),
            "ScriptNotFound",
            ErrorCategory.ObjectNotFound,
            reference.Text,
            $"Get-OrchestrationScript lists what there is; -ScriptPath and $env:{ScriptFolders.Variable} say where to look.");
    }

    internal static ErrorRecord Ambiguous(string text, IReadOnlyList<OrchestrationScript> found) => Errors.Advise(
        new PSInvalidOperationException(
            $"'{text}' may mean {List(found.Take(MostNamed).Select(script => script.Path), "or")}"
                + (found.Count > MostNamed ? $" or {found.Count - MostNamed} more." : ".")),
        "ScriptAmbiguous",
        ErrorCategory.InvalidArgument,
        text,
        "Write the whole name or the path of the one that is meant, or give the others another number.");

    internal static ErrorRecord RangeReversed(string text, (int First, int Last) range) => Errors.Advise(
        new PSArgumentException($"The range '{text}' ends before it begins."),
        "ScriptRangeReversed",
        ErrorCategory.InvalidArgument,
        text,
        $"Write '{ScriptReference.Show(range.Last)}-{ScriptReference.Show(range.First)}'.");

    internal static ErrorRecord PatternInvalid(string text, Exception reason) => Errors.Advise(
        new PSArgumentException($"The pattern '{text}' cannot be read: {reason.Message}", reason),
        "ScriptPatternInvalid",
        ErrorCategory.InvalidArgument,
        text,
        "Close what [ opens, or write `[ for the character itself.");

    // A number: the script of the number next to it. A name: the script of its number, whatever that is called, else a
    // name that takes few changes of letters.
    private static string Suggest(ScriptReference reference, ScriptCatalog catalog)
    {
        var number = reference.Number ?? new OrchestrationScript(reference.Text).Value;
        var nearest = catalog.Scripts
            .Where(script => script.Value is not null && (reference.Number is not null || script.Value == number))
            .MinBy(script => Math.Abs((script.Value - number) ?? int.MaxValue));
        if (nearest is not null)
        {
            var name = reference.Name.Contains('/', StringComparison.Ordinal) ? catalog.RelativeName(nearest) : nearest.FileName;
            return reference.Number is null
                ? $" Did you mean '{name}'?"
                : $" The nearest is {nearest.Number} ({nearest.Name}).";
        }

        var names = catalog.Scripts.SelectMany(script => new[] { script.Name, script.FileName, catalog.RelativeName(script) });
        return NearestName.Find(reference.Name, names) is { } other ? $" Did you mean '{other}'?" : string.Empty;
    }

    private static string List(IEnumerable<string> paths, string word = "and") =>
        string.Join($" {word} ", paths.Select(path => $"'{path}'"));
}
