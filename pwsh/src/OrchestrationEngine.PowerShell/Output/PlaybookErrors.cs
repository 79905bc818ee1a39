using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Management.Automation;
using OrchestrationEngine.Native;
using OrchestrationEngine.PowerShell.Playbooks;

namespace OrchestrationEngine.PowerShell.Output;

/// <summary>The errors of playbooks: what somebody made in PowerShell, and what is in files.</summary>
internal static class PlaybookErrors
{
    internal static ErrorRecord ValueNotPlain(DefinitionPath path, object value) => Refused(
        path,
        $"is an object of the type {value.GetType().FullName}, which has no form in a playbook",
        "DefinitionValueNotPlain",
        value,
        "Give texts, numbers, truth values, dates, and tables and lists of those: [string] $it, or $it | Select-Object Name, Id.");

    internal static ErrorRecord ValueIsSecret(DefinitionPath path, object value) => Refused(
        path,
        $"is a secret ({value.GetType().Name}), which would be readable wherever the playbook is kept or shown",
        "DefinitionValueIsSecret",
        value.GetType(),
        "Declare a parameter with sensitive = $true in the playbook, use it as {{name}}, and give its value when the workflow is started.");

    internal static ErrorRecord ValueInItself(DefinitionPath path) => Refused(
        path,
        "is inside of itself, so the playbook would have no end",
        "DefinitionValueInItself",
        targetObject: null,
        "Put a copy there, or leave it out.");

    internal static ErrorRecord DefinitionTooDeep(DefinitionPath path, int limit) => Refused(
        path,
        $"is more than {limit} tables and lists deep",
        "DefinitionTooDeep",
        targetObject: null,
        "Split the playbook into several, and let steps run the others: @{ name = 'inner'; playbook = 'other' }.");

    internal static ErrorRecord DefinitionTooLarge(DefinitionPath path, long limit) => Refused(
        path,
        $"is where it exceeds {limit >> 20} MB",
        "DefinitionTooLarge",
        targetObject: null,
        "Give the steps the path of a file with the data instead, and see that no list is endless.");

    internal static ErrorRecord DefinitionKeyTwice(DefinitionPath path, string key) => Refused(
        path,
        "is there twice; names that differ only in case are the same",
        "DefinitionKeyTwice",
        key,
        "Remove one of the two.");

    internal static ErrorRecord KeyNotText(DefinitionPath path, object key) => Refused(
        path,
        $"has a key of the type {key.GetType().FullName}, but keys are texts",
        "DefinitionKeyNotText",
        key,
        "Write the key as a text.");

    internal static ErrorRecord NumberOutside(DefinitionPath path, object number) => Refused(
        path,
        string.Create(CultureInfo.InvariantCulture, $"is {number}, which is outside of the numbers of playbooks"),
        "DefinitionNumberOutside",
        number,
        "Whole numbers go from -9223372036854775808 to 9223372036854775807; put quotes around to keep it as a text.");

    internal static ErrorRecord TextBroken(DefinitionPath path, string text) => Refused(
        path,
        "has half of a character (a surrogate without its other half), which cannot be written",
        "DefinitionTextBroken",
        text,
        "Look where the text was cut, and cut it elsewhere.");

    internal static ErrorRecord ValueUnreadable(DefinitionPath path, Exception reason) => Errors.Advise(
        new PSInvalidOperationException($"{path} cannot be read: {reason.Message}", reason),
        "DefinitionValueUnreadable",
        ErrorCategory.ReadError,
        targetObject: null,
        "Put what it holds into an array or table before the call: @($it).");

    /// <summary>The engine found no such playbook, and says where it has looked.</summary>
    internal static ErrorRecord NotFound(EngineException problem, string? name) => Errors.Advise(
        new ItemNotFoundException(char.ToUpperInvariant(problem.Message[0]) + problem.Message[1..], problem),
        "PlaybookNotFound",
        ErrorCategory.ObjectNotFound,
        name,
        "Get-Playbook lists the playbooks of the project. OE_PLAYBOOK_PATH names further folders.");

    internal static ErrorRecord NoPlaybook(string name, IEnumerable<string> known)
    {
        var nearest = NearestName.Find(name, known);
        return Errors.Advise(
            new ItemNotFoundException($"There is no playbook '{name}'."
                + (nearest is null ? string.Empty : $" Did you mean '{nearest}'?")),
            "PlaybookNotFound",
            ErrorCategory.ObjectNotFound,
            name,
            "Get-Playbook lists the playbooks of the project. OE_PLAYBOOK_PATH names further folders.");
    }

    internal static ErrorRecord NameInvalid(string name) => Errors.Advise(
        new PSArgumentException($"'{name}' cannot be the name of a playbook."),
        "PlaybookNameInvalid",
        ErrorCategory.InvalidArgument,
        name,
        "Use letters, digits, blanks, dots, - and _, beginning with a letter, digit or _, and / between folders.");

    internal static ErrorRecord Exists(string name, string file) => Errors.Advise(
        new PSInvalidOperationException($"There is a playbook '{name}' already: '{file}'."),
        "PlaybookExists",
        ErrorCategory.ResourceExists,
        file,
        "Choose another name, or replace it with -Force.");

    internal static ErrorRecord NoTemplate(string name, IEnumerable<string> known, IEnumerable<string> folders)
    {
        var names = known.ToArray();
        var nearest = NearestName.Find(name, names);
        return Errors.Advise(
            new ItemNotFoundException($"There is no template '{name}' in {string.Join(", ", folders)}."
                + (nearest is null ? string.Empty : $" Did you mean '{nearest}'?")),
            "PlaybookTemplateNotFound",
            ErrorCategory.ObjectNotFound,
            name,
            $"The templates are {string.Join(", ", names)}.");
    }

    internal static ErrorRecord NoFile(string path, bool isFolder) => Errors.Advise(
        new ItemNotFoundException(isFolder ? $"'{path}' is a folder, not a file." : $"There is no file '{path}'."),
        isFolder ? "PlaybookPathIsFolder" : "PlaybookFileNotFound",
        isFolder ? ErrorCategory.InvalidArgument : ErrorCategory.ObjectNotFound,
        path,
        isFolder ? "Name a file in it, or list its playbooks with Get-Playbook." : "Correct the path; relative ones begin at the current folder.");

    internal static ErrorRecord NoFolder(string path) => Errors.Advise(
        new ItemNotFoundException($"There is no folder '{path}'."),
        "PlaybookFolderNotFound",
        ErrorCategory.ObjectNotFound,
        path,
        "Correct the path; relative ones begin at the current folder.");

    internal static ErrorRecord FormatUnknown(string path) => Errors.Advise(
        new PSArgumentException($"'{path}' does not say by its extension how it is written."),
        "PlaybookFormatUnknown",
        ErrorCategory.InvalidArgument,
        path,
        "Playbooks are in files that end in .psd1, .json, .yaml or .yml.");

    internal static ErrorRecord NotAFileSystem(string path, string provider) => Errors.Advise(
        new PSNotSupportedException($"'{path}' is on a drive of the provider {provider}, which has no files."),
        "PlaybookPathNotAFile",
        ErrorCategory.InvalidArgument,
        path,
        "Name a file.");

    internal static ErrorRecord PathInvalid(string path, Exception reason) => Errors.Advise(
        new PSArgumentException($"'{path}' is no path: {reason.Message}", reason),
        "PlaybookPathInvalid",
        ErrorCategory.InvalidArgument,
        path,
        "Correct the path.");

    internal static ErrorRecord CannotBeWritten(string path, Exception reason) => Errors.Advise(
        new PSInvalidOperationException($"'{path}' cannot be written: {reason.Message}", reason),
        "PlaybookCannotBeWritten",
        ErrorCategory.WriteError,
        path,
        "Name a file in a folder that exists and that you may write to.");

    /// <summary>Something in a playbook keeps it from being started.</summary>
    internal static ErrorRecord NotUsable(PlaybookDiagnostic diagnostic) => Errors.Advise(
        new PSInvalidOperationException($"{diagnostic.Place}: {diagnostic.Message}."),
        "PlaybookNotUsable",
        ErrorCategory.InvalidData,
        diagnostic,
        diagnostic.Advice ?? "Correct the playbook.");

    private static ErrorRecord Refused(
        DefinitionPath path, string what, string id, object? targetObject, string action) => Errors.Advise(
        new PSArgumentException($"{path} {what}."), id, ErrorCategory.InvalidArgument, targetObject, action);
}
