using System;
using System.IO;
using System.Linq;
using System.Management.Automation;
using Shell = System.Management.Automation.PowerShell;

namespace OrchestrationEngine.PowerShell.Runspaces;

/// <summary>The module's own ForEach-Object: where it lies, and what it is in a session.</summary>
internal static class ForEachObjectProxy
{
    /// <summary>The name of the command, as PowerShell has it.</summary>
    internal const string CommandName = "ForEach-Object";

    private const string ModuleName = "OrchestrationEngine.ForEachObject";

    /// <summary>Gets or sets the class of the command; null before its assembly was imported.</summary>
    internal static Type? CommandType { get; set; }

    /// <summary>Gets the manifest that exports it, which lies beside the assembly.</summary>
    internal static string ManifestPath { get; } = Path.Combine(
        Path.GetDirectoryName(typeof(ForEachObjectProxy).Assembly.Location)!,
        ModuleName + ".psd1");

    /// <summary>What a command named ForEach-Object is.</summary>
    internal static ForEachObjectKind KindOf(CommandInfo? command)
    {
        if (command is not CmdletInfo cmdlet || cmdlet.ImplementingType != CommandType)
        {
            return ForEachObjectKind.Original;
        }

        // In a worker it belongs to no module.
        return cmdlet.Module is { } module
            ? KindOf(module)
            : ScriptPool.Current?.Recipe.ForEachObject ?? ForEachObjectKind.Improved;
    }

    /// <summary>What ForEach-Object is for a caller, and so in the items of whatever it calls.</summary>
    /// <param name="caller">The session of the caller; on its own thread.</param>
    internal static ForEachObjectKind KindFor(SessionState caller) => CommandType is null
        ? ForEachObjectKind.Original
        : KindOf(caller.InvokeCommand.GetCommand(CommandName, CommandTypes.Cmdlet));

    /// <summary>Makes it the ForEach-Object of the calling thread's runspace, or changes what it is there.</summary>
    /// <remarks>
    /// Always of the whole session: a cmdlet that hides another one and was imported into a smaller scope takes the
    /// hidden one along when it is removed (PowerShell 7.6, ModuleCmdletBase.RemoveModule).
    /// </remarks>
    internal static void Import(ForEachObjectKind kind)
    {
        using var shell = Shell.Create(RunspaceMode.CurrentRunspace);
        shell.AddCommand("Microsoft.PowerShell.Core\\Import-Module")
            .AddParameter("Name", ManifestPath)
            .AddParameter("Global")
            .AddParameter("PassThru")
            .AddParameter("DisableNameChecking")
            .AddParameter("ErrorAction", ActionPreference.Stop);
        shell.Invoke<PSModuleInfo>().Single().PrivateData = kind;
    }

    /// <summary>Takes it away from the calling thread's runspace, if it is there.</summary>
    internal static void Remove()
    {
        using var shell = Shell.Create(RunspaceMode.CurrentRunspace);
        shell.AddCommand("Microsoft.PowerShell.Core\\Get-Module").AddParameter("Name", ModuleName).AddParameter("All");
        var modules = shell.Invoke<PSModuleInfo>().Where(module => module.ImplementingAssembly == CommandType?.Assembly).ToArray();
        shell.Commands.Clear();
        if (modules.Length > 0)
        {
            shell.AddCommand("Microsoft.PowerShell.Core\\Remove-Module").AddParameter("ModuleInfo", modules);
            shell.Invoke();
        }
    }

    private static ForEachObjectKind KindOf(PSModuleInfo module) =>
        module.PrivateData is ForEachObjectKind kind ? kind : ForEachObjectKind.Improved;
}
