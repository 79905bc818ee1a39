using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Management.Automation;
using OrchestrationEngine.Native;
using OrchestrationEngine.PowerShell.Completers;
using OrchestrationEngine.PowerShell.Output;
using OrchestrationEngine.PowerShell.Playbooks;

namespace OrchestrationEngine.PowerShell.Cmdlets;

/// <summary>Lists the playbooks of a project. Nothing in them runs.</summary>
[Cmdlet(VerbsCommon.Get, "Playbook")]
[OutputType(typeof(PlaybookInfo))]
public sealed class GetPlaybookCommand : PSCmdlet
{
    private readonly HashSet<string> _written = new(StringComparer.Ordinal);
    private PlaybookInfo[]? _all;

    /// <summary>Gets or sets which ones; all, if it is not given.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true)]
    [ValidateNotNullOrEmpty]
    [SupportsWildcards]
    [Alias("PlaybookName")]
    [ArgumentCompleter(typeof(PlaybookCompleter))]
    public string[] Name { get; set; } = [];

    /// <summary>Gets or sets a folder of the project to look in, instead of the current one; taken literally.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [Alias("LiteralPath")]
    public string? Path { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        try
        {
            _all ??= List();
            foreach (var name in Name.DefaultIfEmpty("*"))
            {
                Write(name);
            }
        }
        catch (EngineException problem)
        {
            ThrowTerminatingError(Errors.EngineRefused(problem));
        }
        catch (EngineLibraryException problem)
        {
            ThrowTerminatingError(Errors.LibraryUnusable(problem));
        }
    }

    private PlaybookInfo[] List()
    {
        var folder = Path is null
            ? SessionState.Path.CurrentFileSystemLocation.ProviderPath
            : SessionState.Path.GetUnresolvedProviderPathFromPSPath(Path);
        if (!Directory.Exists(folder))
        {
            ThrowTerminatingError(PlaybookErrors.NoFolder(Path ?? folder));
        }

        return PlaybookQuestion.List(folder).List("playbooks").Select(told => new PlaybookInfo(told)).ToArray();
    }

    private void Write(string name)
    {
        var pattern = new WildcardPattern(name.Replace('\\', '/'), WildcardOptions.IgnoreCase | WildcardOptions.CultureInvariant);
        var found = _all!.Where(playbook => pattern.IsMatch(playbook.Name)).ToArray();
        foreach (var playbook in found.Where(playbook => _written.Add(playbook.Path)))
        {
            WriteObject(playbook);
        }

        if (found.Length == 0 && !WildcardPattern.ContainsWildcardCharacters(name))
        {
            WriteError(PlaybookErrors.NoPlaybook(name, _all!.Select(playbook => playbook.Name)));
        }
    }
}
