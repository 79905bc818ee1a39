using System;
using System.Collections.Generic;
using System.Management.Automation;
using System.Threading;

namespace OrchestrationEngine.PowerShell.Output;

/// <summary>The errors of a call whose imports cannot be had. All end the call before its first item.</summary>
internal static class ImportErrors
{
    internal static ErrorRecord FunctionNotFound(string name, IEnumerable<string> known) =>
        NotFound("function", name, known, "Define it before the call, or import its module with -ImportModule.");

    internal static ErrorRecord AliasNotFound(string name, IEnumerable<string> known) =>
        NotFound("alias", name, known, "Set it before the call, or leave it out.");

    internal static ErrorRecord VariableNotFound(string name, IEnumerable<string> known) =>
        NotFound("variable", name, known, "Set it before the call; give its name without the $.");

    internal static ErrorRecord ModuleNotFound(string name, IEnumerable<string> known) =>
        NotFound("module", name, known, "Import it before the call, give the path of its manifest, or add its folder to $env:PSModulePath.");

    internal static ErrorRecord FunctionIsOfOtherMode(string name) => Errors.Advise(
        new PSNotSupportedException(
            $"The function '{name}' was made in another language mode than that of the call, and would not keep it."),
        "ImportFunctionNotSupported",
        ErrorCategory.PermissionDenied,
        name,
        "Define it in the session that makes the call.");

    internal static ErrorRecord VariableIsAutomatic(string name) => Errors.Advise(
        new PSInvalidOperationException($"The variable '{name}' is PowerShell's own, and each runspace has its own value."),
        "ImportVariableNotSupported",
        ErrorCategory.InvalidArgument,
        name,
        "Put its value into a variable of another name before the call, and import that.");

    internal static ErrorRecord VariableIsScriptBlock(string name) => Errors.Advise(
        new PSInvalidOperationException(
            $"The variable '{name}' holds a script block, which cannot be used in another runspace than its own."),
        "ParallelUsingVariableCannotBeScriptBlock",
        ErrorCategory.InvalidType,
        name,
        "Define it as a function and import that with -ImportFunction.");

    internal static ErrorRecord VariableCannotBeSet(string name, Exception reason) => Errors.Advise(
        new PSInvalidOperationException(
            $"The variable '{name}' cannot be set in the runspaces of the items: {reason.Message}", reason),
        "ImportVariableNotSupported",
        ErrorCategory.WriteError,
        name,
        "Something that the runspaces import has a variable of that name which cannot be written. Rename yours.");

    internal static ErrorRecord ModuleHasNoFile(string name) => Errors.Advise(
        new PSInvalidOperationException(
            $"The module '{name}' was made in memory and has no file that other runspaces could import."),
        "ImportModuleNotSupported",
        ErrorCategory.InvalidArgument,
        name,
        "Save it as a .psm1 file, or import its functions with -ImportFunction.");

    internal static ErrorRecord ModuleCannotBeImported(string name, string path, Exception? reason) => Errors.Advise(
        new PSInvalidOperationException(
            $"The module '{name}' cannot be imported into the runspaces of the items: "
                + (reason?.Message ?? $"'{path}' gave no module."),
            reason),
        "ModuleCannotBeImported",
        ErrorCategory.OpenError,
        path,
        $"See whether this works in a new session: Import-Module '{path}'.");

    internal static ErrorRecord DriveCannotBeOpened(string name, string root, Exception reason) => Errors.Advise(
        new PSInvalidOperationException(
            $"The drive '{name}:' ({root}) cannot be opened in the runspaces of the items: {reason.Message}", reason),
        "DriveCannotBeImported",
        ErrorCategory.OpenError,
        name,
        "Remove the drive before the call, or name what to import instead of using -ImportAll.");

    internal static ErrorRecord StateIsOfOtherMode(PSLanguageMode mode) => Errors.Advise(
        new PSNotSupportedException($"Script blocks cannot run in an initial session state of {mode}."),
        "LanguageModeNotSupported",
        ErrorCategory.PermissionDenied,
        mode,
        "Set its LanguageMode to FullLanguage or ConstrainedLanguage.");

    internal static ErrorRecord ApartmentStateNeedsWindows(ApartmentState state) => Errors.Advise(
        new PSNotSupportedException($"-ApartmentState {state} needs Windows: only there do threads have an apartment state."),
        "ApartmentStateNotSupported",
        ErrorCategory.NotImplemented,
        state,
        "Leave -ApartmentState out, or give it only if $IsWindows.");

    internal static ErrorRecord ApartmentStateRefused(ApartmentState state) => Errors.Advise(
        new PSInvalidOperationException($"Windows did not let a worker's thread become {state}."),
        "ApartmentStateRefused",
        ErrorCategory.OpenError,
        state,
        "Leave -ApartmentState out.");

    private static ErrorRecord NotFound(string kind, string name, IEnumerable<string> known, string action)
    {
        var nearest = NearestName.Find(name, known);
        var message = $"There is no {kind} '{name}' to import."
            + (nearest is null ? string.Empty : $" Did you mean '{nearest}'?");
        var id = $"Import{char.ToUpperInvariant(kind[0])}{kind[1..]}NotFound";
        return Errors.Advise(new ItemNotFoundException(message), id, ErrorCategory.ObjectNotFound, name, action);
    }
}
