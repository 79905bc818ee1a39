using System;
using System.Globalization;
using System.Management.Automation;
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

    private static ErrorRecord Refused(
        DefinitionPath path, string what, string id, object? targetObject, string action) => Errors.Advise(
        new PSArgumentException($"{path} {what}."), id, ErrorCategory.InvalidArgument, targetObject, action);
}
