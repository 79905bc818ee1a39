using System;
using System.Collections.Generic;

namespace OrchestrationEngine.PowerShell.Tasks;

/// <summary>The keys of a task, in whatever case they are written.</summary>
internal static class TaskKeys
{
    internal const string Name = "Name";
    internal const string Script = "Script";
    internal const string ScriptBlock = "ScriptBlock";
    internal const string Command = "Command";
    internal const string Parameters = "Parameters";
    internal const string DependsOn = "DependsOn";
    internal const string Phase = "Phase";
    internal const string Group = "Group";
    internal const string Weight = "Weight";
    internal const string Priority = "Priority";
    internal const string Timeout = "Timeout";
    internal const string RetryCount = "RetryCount";
    internal const string RetryDelay = "RetryDelay";
    internal const string RetryBackoff = "RetryBackoff";
    internal const string ContinueOnError = "ContinueOnError";
    internal const string OnResume = "OnResume";
    internal const string Memo = "Memo";
    internal const string Inputs = "Inputs";
    internal const string Condition = "Condition";
    internal const string Finally = "Finally";

    /// <summary>Every key, in the order in which they are listed to somebody.</summary>
    internal static readonly IReadOnlyList<string> All =
    [
        Name, Script, ScriptBlock, Command, Parameters, DependsOn, Phase, Group, Weight, Priority, Timeout, RetryCount,
        RetryDelay, RetryBackoff, ContinueOnError, OnResume, Memo, Inputs, Condition, Finally,
    ];

    // What playbooks and the parameters of the cmdlet call them.
    private static readonly Dictionary<string, string> Known = new(StringComparer.OrdinalIgnoreCase)
    {
        ["Params"] = Parameters,
        ["Dependencies"] = DependsOn,
        ["Retry"] = RetryCount,
    };

    static TaskKeys()
    {
        foreach (var key in All)
        {
            Known.Add(key, key);
        }
    }

    /// <summary>Gets every way to write a key.</summary>
    internal static IEnumerable<string> Spellings => Known.Keys;

    /// <summary>The key that is meant; null if it is none.</summary>
    /// <param name="written">The key as it is written.</param>
    internal static string? Find(string written) => Known.GetValueOrDefault(written);
}
