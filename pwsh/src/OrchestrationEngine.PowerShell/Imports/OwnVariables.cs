using System;
using System.Collections.Generic;

namespace OrchestrationEngine.PowerShell.Imports;

/// <summary>The variables that PowerShell has by itself.</summary>
internal static class OwnVariables
{
    private static readonly HashSet<string> Automatic = new(StringComparer.OrdinalIgnoreCase)
    {
        "?", "^", "$", "_", "args", "ConsoleFileName", "EnabledExperimentalFeatures", "Error", "Event", "EventArgs",
        "EventSubscriber", "ExecutionContext", "false", "foreach", "HOME", "Host", "input", "IsCoreCLR", "IsLinux",
        "IsMacOS", "IsWindows", "LASTEXITCODE", "Matches", "MaximumHistoryCount", "MyInvocation", "NestedPromptLevel",
        "null", "PID", "PROFILE", "PSBoundParameters", "PSCmdlet", "PSCommandPath", "PSCulture", "PSDebugContext",
        "PSEdition", "PSHOME", "PSItem", "PSScriptRoot", "PSSenderInfo", "PSStyle", "PSUICulture", "PSVersionTable",
        "PWD", "Sender", "ShellId", "SourceArgs", "SourceEventArgs", "StackTrace", "switch", "this", "true",
    };

    /// <summary>Gets the variables by which a user says how commands behave.</summary>
    internal static IReadOnlyList<string> Preferences { get; } =
    [
        "ConfirmPreference", "DebugPreference", "ErrorActionPreference", "ErrorView", "FormatEnumerationLimit",
        "InformationPreference", "OFS", "OutputEncoding", "ProgressPreference", "PSDefaultParameterValues",
        "PSEmailServer", "PSModuleAutoLoadingPreference", "PSNativeCommandArgumentPassing",
        "PSNativeCommandUseErrorActionPreference", "PSSessionApplicationName", "PSSessionConfigurationName",
        "PSSessionOption", "VerbosePreference", "WarningPreference", "WhatIfPreference",
    ];

    private static readonly HashSet<string> PreferenceNames = new(Preferences, StringComparer.OrdinalIgnoreCase);

    /// <summary>Whether a variable is set by PowerShell, in each runspace for itself.</summary>
    internal static bool IsAutomatic(string name) => Automatic.Contains(name);

    internal static bool IsPreference(string name) => PreferenceNames.Contains(name);
}
