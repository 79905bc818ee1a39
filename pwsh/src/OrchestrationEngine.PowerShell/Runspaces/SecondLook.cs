using System;
using System.Collections;
using System.Collections.Concurrent;
using System.Diagnostics;
using System.Linq;
using System.Management.Automation;
using System.Management.Automation.Runspaces;
using System.Threading;

namespace OrchestrationEngine.PowerShell.Runspaces;

/// <summary>
/// Looks again for commands that a runspace did not find in the modules that PowerShell loads by itself. What a module
/// exports is found out once a process, by the first that asks; others that ask meanwhile are told that there is nothing
/// (PowerShell 7.6, AnalysisCache), so that of several workers that start with the same command all but one may fail.
/// Costs nothing until a command is not found, and then once a name that is nowhere.
/// </summary>
internal static class SecondLook
{
    private const CommandTypes OfModules = CommandTypes.Alias | CommandTypes.Function | CommandTypes.Filter | CommandTypes.Cmdlet;
    private const int MissingLimit = 1000;
    private const int Looks = 2;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan TurnPatience = TimeSpan.FromSeconds(1);
    private static readonly object Turn = new();
    private static readonly ConcurrentDictionary<string, bool> Missing = new(StringComparer.OrdinalIgnoreCase);

    // The look itself asks this action too.
    [ThreadStatic]
    private static bool _isLooking;

    // Which modules are being looked into just now; not public. Where it is not found, a second look is all there is.
    private static readonly ICollection? Lookups = HiddenMembers.AreOff
        ? null
        : typeof(PSObject).Assembly
            .GetType("System.Management.Automation.AnalysisCache")
            ?.GetField("s_modulesBeingAnalyzed", HiddenMembers.OfTypes)
            ?.GetValue(null) as ICollection;

    /// <summary>Lets a runspace look again. What runs there may put another action in this one's place.</summary>
    internal static void Attach(Runspace runspace)
    {
        var commands = runspace.SessionStateProxy.InvokeCommand;
        commands.CommandNotFoundAction = (_, lookup) => lookup.Command = Find(lookup.CommandName, commands);
    }

    private static CommandInfo? Find(string name, CommandInvocationIntrinsics commands)
    {
        // What is there already was not asked for: another kind of command was.
        if (_isLooking || Missing.ContainsKey(name) || commands.GetCommands(name, OfModules, nameIsPattern: false).Any())
        {
            return null;
        }

        var clock = Stopwatch.StartNew();
        for (var look = 1; look <= Looks || (Lookups is { Count: > 0 } && clock.Elapsed < Patience); look++)
        {
            WaitForLookups(clock);
            if (FindAlone(name, commands) is { } found)
            {
                return found;
            }
        }

        NoteMissing(name);
        return null;
    }

    // One at a time, or they would be in each other's way again. Not for ever: a module that is loaded here may itself
    // wait for items that look for commands.
    private static CommandInfo? FindAlone(string name, CommandInvocationIntrinsics commands)
    {
        var isAlone = Monitor.TryEnter(Turn, TurnPatience);
        _isLooking = true;
        try
        {
            return commands.GetCommand(name, OfModules);
        }
        finally
        {
            _isLooking = false;
            if (isAlone)
            {
                Monitor.Exit(Turn);
            }
        }
    }

    private static void WaitForLookups(Stopwatch clock)
    {
        while (Lookups is { Count: > 0 } && clock.Elapsed < Patience)
        {
            Thread.Sleep(5);
        }
    }

    private static void NoteMissing(string name)
    {
        if (Missing.Count >= MissingLimit)
        {
            Missing.Clear();
        }

        Missing[name] = true;
    }
}
