using System;
using System.Management.Automation;
using OrchestrationEngine.PowerShell.Output;

namespace OrchestrationEngine.PowerShell.Reports;

/// <summary>The error records of -Log and -Trace.</summary>
internal static class ReportErrors
{
    internal static ErrorRecord CannotBeWritten(string parameter, string path, Exception reason) => Errors.Advise(
        new PSInvalidOperationException($"-{parameter} '{path}' cannot be written: {reason.Message}", reason),
        $"{parameter}CannotBeWritten",
        ErrorCategory.OpenError,
        path,
        "Name a file in a folder that exists and that you may write to, and that no other program has open.");

    internal static ErrorRecord FormatUnknown(string path) => Errors.Advise(
        new PSArgumentException($"-Log '{path}' does not say by its extension what to write."),
        "LogFormatUnknown",
        ErrorCategory.InvalidArgument,
        path,
        "Let the name end in .csv, .json or .jsonl.");

    internal static ErrorRecord WriteFailed(ReportTarget target, Exception reason) => Errors.Advise(
        new PSInvalidOperationException(
            $"-{target.Parameter} '{target.Given}' has ended before the call: {reason.Message}", reason),
        $"{target.Parameter}WriteFailed",
        ErrorCategory.WriteError,
        target.Given,
        "Make room where the file is, or name another place. The items go on, and what was written stays.");
}
