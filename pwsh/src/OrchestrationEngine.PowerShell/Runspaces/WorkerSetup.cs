using System;
using System.Collections.Generic;
using System.Collections.ObjectModel;
using System.Linq;
using System.Management.Automation;
using System.Management.Automation.Language;
using System.Management.Automation.Runspaces;
using System.Threading;
using OrchestrationEngine.PowerShell.Output;
using Shell = System.Management.Automation.PowerShell;

namespace OrchestrationEngine.PowerShell.Runspaces;

/// <summary>
/// Sets up the runspaces of a pool by its recipe: once each, when they open. Used on the workers' threads, several at
/// a time.
/// </summary>
internal sealed class WorkerSetup
{
    private static readonly IReadOnlyList<PSVariable> NoVariables = [];

    private readonly SessionRecipe _recipe;
    private readonly Lazy<InitialSessionState> _state;
    private readonly Lazy<ScriptBlockAst> _functions;
    private readonly object _firstImport = new();
    private volatile bool _wereImported;

    internal WorkerSetup(SessionRecipe recipe)
    {
        _recipe = recipe;
        _state = new Lazy<InitialSessionState>(() => WorkerState.Create(recipe));
        _functions = new Lazy<ScriptBlockAst>(() => FunctionImport.ScriptOf(recipe.Functions));
    }

    /// <summary>Gets the state that a runspace is opened with.</summary>
    internal InitialSessionState State => _state.Value;

    /// <summary>Prepares the calling thread, before its runspace is made.</summary>
    /// <exception cref="CallRefusedException">The thread is of the other kind already.</exception>
    internal void PrepareThread()
    {
        if (_recipe.ApartmentState != ApartmentState.Unknown
            && !Thread.CurrentThread.TrySetApartmentState(_recipe.ApartmentState))
        {
            throw new CallRefusedException(ImportErrors.ApartmentStateRefused(_recipe.ApartmentState));
        }
    }

    /// <summary>Brings in what an initial state cannot hold.</summary>
    /// <returns>The variables that came with it and that a reset of the runspace takes away.</returns>
    /// <exception cref="CallRefusedException">A module or drive cannot be had.</exception>
    internal IReadOnlyList<PSVariable> Apply(Runspace runspace)
    {
        ImportModules(runspace);
        foreach (var drive in _recipe.Drives)
        {
            Open(drive, runspace);
        }

        DefineFunctions(runspace);
        return _recipe.Modules.Count == 0 && _recipe.State is null ? NoVariables : PutBackAfterReset(runspace);
    }

    internal static void PutBack(IReadOnlyList<PSVariable> variables, Runspace runspace)
    {
        foreach (var variable in variables)
        {
            runspace.SessionStateProxy.PSVariable.Set(variable);
        }
    }

    private static Shell In(Runspace runspace)
    {
        var shell = Shell.Create();
        shell.Runspace = runspace;
        return shell;
    }

    // The first import goes alone: what modules do once a process (load assemblies, compile types, fill caches) is not
    // made for several threads. The others then go beside each other, as many as the pool starts threads at once.
    private void ImportModules(Runspace runspace)
    {
        if (_recipe.Modules.Count == 0)
        {
            return;
        }

        if (!_wereImported)
        {
            lock (_firstImport)
            {
                if (!_wereImported)
                {
                    ImportEach(runspace);
                    _wereImported = true;
                    return;
                }
            }
        }

        ImportEach(runspace);
    }

    private void ImportEach(Runspace runspace)
    {
        foreach (var module in _recipe.Modules)
        {
            Import(module, runspace);
        }
    }

    private static void Import(ModuleImport module, Runspace runspace)
    {
        using var shell = In(runspace);
        shell.AddCommand(@"Microsoft.PowerShell.Core\Import-Module")
            .AddParameter("Name", module.Path)
            .AddParameter("PassThru")
            .AddParameter("DisableNameChecking");
        if (module.Prefix.Length > 0)
        {
            shell.AddParameter("Prefix", module.Prefix);
        }

        Exception? reason;
        try
        {
            // A module may write errors and be there all the same; one that is not there gives nothing back.
            var modules = shell.Invoke().Select(result => result?.BaseObject).OfType<PSModuleInfo>();
            if (modules.Any())
            {
                return;
            }

            reason = shell.Streams.Error.FirstOrDefault()?.Exception;
        }
        catch (RuntimeException error)
        {
            reason = error;
        }

        throw new CallRefusedException(ImportErrors.ModuleCannotBeImported(module.Name, module.Path, reason));
    }

    private void DefineFunctions(Runspace runspace)
    {
        if (_recipe.Functions.Count == 0)
        {
            return;
        }

        using var shell = In(runspace);
        shell.AddScript(". $args[0]", useLocalScope: false).AddArgument(_functions.Value.GetScriptBlock()).Invoke();
    }

    private static void Open(DriveImport drive, Runspace runspace)
    {
        if (runspace.SessionStateProxy.Drive.GetAll().Any(
            other => other.Name.Equals(drive.Name, StringComparison.OrdinalIgnoreCase)))
        {
            return;
        }

        using var shell = In(runspace);
        shell.AddCommand(@"Microsoft.PowerShell.Management\New-PSDrive")
            .AddParameter("Name", drive.Name)
            .AddParameter("PSProvider", drive.Provider)
            .AddParameter("Root", drive.Root)
            .AddParameter("Scope", "Global")
            .AddParameter("ErrorAction", ActionPreference.Stop);
        if (drive.Credential is { } credential)
        {
            shell.AddParameter("Credential", credential);
        }

        try
        {
            shell.Invoke();
        }
        catch (RuntimeException error)
        {
            throw new CallRefusedException(ImportErrors.DriveCannotBeOpened(drive.Name, drive.Root, error));
        }
    }

    // Modules and states bring variables, and a reset clears all that are not PowerShell's own.
    private static List<PSVariable> PutBackAfterReset(Runspace runspace)
    {
        var before = Variables(runspace);
        runspace.ResetRunspaceState();
        var kept = Variables(runspace).Select(variable => variable.Name).ToHashSet(StringComparer.OrdinalIgnoreCase);
        var lost = before.Where(variable => !kept.Contains(variable.Name)).ToList();
        PutBack(lost, runspace);
        return lost;
    }

    private static List<PSVariable> Variables(Runspace runspace)
    {
        Collection<PSObject> items;
        try
        {
            items = runspace.SessionStateProxy.InvokeProvider.ChildItem.Get("Variable:", recurse: false);
        }
        catch (RuntimeException)
        {
            // A state of the caller's own without that drive.
            return [];
        }

        return items.Select(item => item.BaseObject).OfType<PSVariable>().ToList();
    }
}
