using System;
using System.Linq;
using System.Management.Automation;
using System.Management.Automation.Host;

namespace OrchestrationEngine.PowerShell.Reports;

/// <summary>Shows progress through a cmdlet, if somebody can see it there.</summary>
internal sealed class CmdletProgressDisplay : IProgressDisplay
{
    /// <summary>What Write-Progress uses, too. The ids of our bars are distinct by themselves.</summary>
    private const long Source = 0;

    private readonly PSHostUserInterface _screen;

    private CmdletProgressDisplay(PSHostUserInterface screen) => _screen = screen;

    /// <inheritdoc/>
    public bool ShowsItems => true;

    /// <summary>Makes a display, unless nobody would see it.</summary>
    /// <param name="cmdlet">The cmdlet.</param>
    /// <param name="host">The host of the session that it was called from, or that the outermost call was.</param>
    internal static CmdletProgressDisplay? For(PSCmdlet cmdlet, PSHost? host) =>
        host is not null && IsInteractive(host.Name) && !IsSilent(cmdlet)
            ? new CmdletProgressDisplay(cmdlet.Host.UI)
            : null;

    // Not through the cmdlet, which writes nothing any more once it is stopped: the bar would stay.
    /// <inheritdoc/>
    public void Write(ProgressRecord record) => _screen.WriteProgress(Source, record);

    /// <summary>
    /// Whether somebody sees the progress of a host. The console's own goes to a terminal; any other host hands
    /// it to a program that asked for it, or to another machine.
    /// </summary>
    internal static bool IsInteractive(string host) => host != "ConsoleHost"
        || (Environment.UserInteractive && !Console.IsOutputRedirected && !IsNonInteractive(Environment.GetCommandLineArgs()));

    /// <summary>Whether pwsh was started with -NonInteractive, which may be shortened.</summary>
    /// <param name="arguments">The command line; what follows the script in it is not for pwsh.</param>
    internal static bool IsNonInteractive(string[] arguments) => arguments.Skip(1)
        .Select(argument => argument.TrimStart('-', '/').ToLowerInvariant())
        .TakeWhile(argument => !(argument.Length > 0 && ("file".StartsWith(argument, StringComparison.Ordinal)
            || "command".StartsWith(argument, StringComparison.Ordinal))))
        .Any(argument => argument.StartsWith("noni", StringComparison.Ordinal)
            && "noninteractive".StartsWith(argument, StringComparison.Ordinal));

    private static bool IsSilent(PSCmdlet cmdlet)
    {
        var preference = cmdlet.MyInvocation.BoundParameters.TryGetValue("ProgressAction", out var given)
            ? given
            : cmdlet.GetVariableValue("ProgressPreference");
        return LanguagePrimitives.TryConvertTo(preference, out ActionPreference action)
            && action is ActionPreference.SilentlyContinue or ActionPreference.Ignore;
    }
}
