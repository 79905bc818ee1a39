using System;
using System.Collections;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using System.Management.Automation.Language;
using OrchestrationEngine.PowerShell.Output;
using OrchestrationEngine.PowerShell.Runspaces;

namespace OrchestrationEngine.PowerShell.Imports;

/// <summary>What surrounds the caller beside names: drives, preferences, strict mode, namespaces.</summary>
/// <param name="caller">The caller's session. Used on its thread.</param>
internal sealed class CallerWorld(SessionState caller)
{
    private const string DefaultValues = "PSDefaultParameterValues";

    // There is no public way to ask. Each level makes one more thing an error: a variable that is not set, a property
    // that is not there, an index outside an array.
    private const string ProbeStrictMode =
        "$level = 0; "
        + "try { $null = $oeNeverSet } catch { $level = 1 } "
        + "try { $null = ''.OeNotThere } catch { $level = 2 } "
        + "try { $null = (, 0)[1] } catch { $level = 3 } "
        + "$level";

    private static readonly string[] OwnProviders = ["Alias", "Environment", "Function", "Variable"];

    /// <summary>The drives that a new runspace does not have by itself.</summary>
    internal ValueList<DriveImport> Drives() => new(caller.Drive.GetAll()
        .Where(drive => !IsDefault(drive))
        .OrderBy(drive => drive.Name, StringComparer.OrdinalIgnoreCase)
        .Select(drive => new DriveImport(drive.Name, drive.Provider.ToString(), drive.Root)
        {
            Credential = drive.Credential?.UserName is null ? null : drive.Credential,
        }));

    /// <summary>The modules whose providers the drives need.</summary>
    internal IEnumerable<PSModuleInfo> ModulesOfDrives() =>
        caller.Drive.GetAll().Where(drive => !IsDefault(drive)).Select(drive => drive.Provider.Module).OfType<PSModuleInfo>();

    /// <summary>The preference variables, as far as they are set.</summary>
    internal Dictionary<string, object?> Preferences()
    {
        var preferences = new Dictionary<string, object?>(StringComparer.OrdinalIgnoreCase);
        foreach (var name in OwnVariables.Preferences)
        {
            if (caller.PSVariable.Get(name) is { } variable)
            {
                preferences[name] = name == DefaultValues ? CopyDefaultValues(variable.Value) : variable.Value;
            }
        }

        return preferences;
    }

    /// <summary>The version of strict mode where the call is made; 0 for none, 3 for all later ones.</summary>
    internal int StrictMode()
    {
        var errors = caller.PSVariable.GetValue("global:Error") as ArrayList;
        var before = errors?.Count ?? 0;
        var probe = ScriptBlock.Create(ProbeStrictMode);
        var found = caller.InvokeCommand.InvokeScript(useLocalScope: true, probe, input: null, args: null);

        // What the probe tried is no error of the caller's.
        while (errors?.Count > before)
        {
            errors.RemoveAt(0);
        }

        return (int)found[0].BaseObject;
    }

    /// <summary>The namespaces that the file of a block uses.</summary>
    internal static IReadOnlyList<string> Namespaces(ScriptBlockAst block)
    {
        Ast root = block;
        while (root.Parent is { } parent)
        {
            root = parent;
        }

        return root is not ScriptBlockAst script
            ? []
            : script.UsingStatements
                .Where(statement => statement.UsingStatementKind == UsingStatementKind.Namespace)
                .Select(statement => statement.Name.Value)
                .ToArray();
    }

    // Drives of disks come by themselves.
    private static bool IsDefault(PSDriveInfo drive) =>
        drive.Name is "Temp" or "/"
        || (OwnProviders.Contains(drive.Provider.Name) && string.IsNullOrEmpty(drive.Root))
        || (drive.Provider.Name == "FileSystem"
            && drive.Name.Length == 1
            && drive.Root.StartsWith(drive.Name + ":", StringComparison.OrdinalIgnoreCase));

    // A copy: an item that sets a default value sets it for itself. Blocks among them belong to the caller's runspace.
    private static DefaultParameterDictionary CopyDefaultValues(object? values)
    {
        var copy = new DefaultParameterDictionary();
        if (PlainValue.Of(values) is IDictionary table)
        {
            foreach (DictionaryEntry entry in table)
            {
                if (PlainValue.Of(entry.Value) is not ScriptBlock)
                {
                    copy[entry.Key] = entry.Value;
                }
            }
        }

        return copy;
    }
}
