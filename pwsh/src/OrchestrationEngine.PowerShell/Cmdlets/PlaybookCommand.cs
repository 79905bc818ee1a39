using System;
using System.Collections;
using System.IO;
using System.Management.Automation;
using System.Text.Json;
using OrchestrationEngine.Native;
using OrchestrationEngine.PowerShell.Completers;
using OrchestrationEngine.PowerShell.Output;
using OrchestrationEngine.PowerShell.Playbooks;
using OrchestrationEngine.PowerShell.Runspaces;

namespace OrchestrationEngine.PowerShell.Cmdlets;

/// <summary>What the cmdlets that ask about one playbook have in common: which one, and the errors of asking.</summary>
public abstract class PlaybookCommand : PSCmdlet
{
    /// <summary>The parameter set of a playbook by its name.</summary>
    private protected const string NameSet = "PlaybookName";

    /// <summary>Gets or sets the name of a playbook of the project, or the path of its file.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ParameterSetName = NameSet)]
    [ValidateNotNullOrEmpty]
    [Alias("Name")]
    [ArgumentCompleter(typeof(PlaybookCompleter))]
    public string PlaybookName { get; set; } = null!;

    /// <summary>The folder that relative paths begin at.</summary>
    private protected string Location => SessionState.Path.CurrentFileSystemLocation.ProviderPath;

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        try
        {
            Process(Find());
        }
        catch (CallRefusedException refused)
        {
            WriteError(refused.Record);
        }
        catch (EngineException problem) when (problem.Status == EngineStatus.InvalidArgument)
        {
            WriteError(PlaybookErrors.NotFound(problem, PlaybookName));
        }
        catch (EngineException problem)
        {
            WriteError(Errors.EngineRefused(problem));
        }
        catch (EngineLibraryException problem)
        {
            ThrowTerminatingError(Errors.LibraryUnusable(problem));
        }
    }

    /// <summary>Does with a playbook what the cmdlet is for.</summary>
    private protected abstract void Process(PlaybookSource source);

    /// <summary>The playbook that is meant.</summary>
    private protected virtual PlaybookSource Find() => PlaybookSource.Named(OnDisk(PlaybookName), Location);

    /// <summary>A file that somebody gave the path of.</summary>
    /// <exception cref="CallRefusedException">It is not there, or no file that a playbook can be in.</exception>
    private protected PlaybookSource FindFile(string path)
    {
        var full = FullPath(path);
        if (!File.Exists(full))
        {
            throw new CallRefusedException(PlaybookErrors.NoFile(path, Directory.Exists(full)));
        }

        return PlaybookFiles.IsPlaybook(full)
            ? PlaybookSource.Named(full, Location)
            : throw new CallRefusedException(PlaybookErrors.FormatUnknown(path));
    }

    /// <summary>The full path of a file, there or not.</summary>
    private protected string FullPath(string path)
    {
        try
        {
            var full = SessionState.Path.GetUnresolvedProviderPathFromPSPath(path, out var provider, out _);
            return provider.Name == "FileSystem" ? full : throw new CallRefusedException(PlaybookErrors.NotAFileSystem(path, provider.Name));
        }
        catch (Exception problem) when (problem is RuntimeException or NotSupportedException or ArgumentException)
        {
            throw new CallRefusedException(PlaybookErrors.PathInvalid(path, problem));
        }
    }

    // The engine knows no drives of PowerShell.
    private string OnDisk(string name) =>
        name.Contains(':', StringComparison.Ordinal) && SessionState.Path.IsPSAbsolute(name, out _) ? FullPath(name) : name;

    /// <summary>Writes a table of somebody's into a question, if there is one.</summary>
    private protected static void WriteTable(Utf8JsonWriter json, string key, IDictionary? table, string owner)
    {
        if (table is not null)
        {
            json.WritePropertyName(key);
            DefinitionJson.Write(json, table, owner);
        }
    }
}
