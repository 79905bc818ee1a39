using System;
using System.IO;
using System.Linq;
using System.Management.Automation;
using System.Text.RegularExpressions;
using OrchestrationEngine.Native;
using OrchestrationEngine.PowerShell.Completers;
using OrchestrationEngine.PowerShell.Output;
using OrchestrationEngine.PowerShell.Playbooks;
using OrchestrationEngine.PowerShell.Runspaces;

namespace OrchestrationEngine.PowerShell.Cmdlets;

/// <summary>Writes the file of a new playbook, made of a template.</summary>
[Cmdlet(VerbsCommon.New, "Playbook", SupportsShouldProcess = true)]
[OutputType(typeof(PlaybookInfo))]
public sealed partial class NewPlaybookCommand : PSCmdlet
{
    /// <summary>Gets or sets the name of the playbook; / stands between folders.</summary>
    [Parameter(Mandatory = true, Position = 0)]
    [ValidateNotNullOrEmpty]
    public string Name { get; set; } = null!;

    /// <summary>Gets or sets the name of the template.</summary>
    [Parameter(Position = 1)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(TemplateCompleter))]
    public string Template { get; set; } = "basic";

    /// <summary>Gets or sets how the file is written; if not given, as the template is.</summary>
    [Parameter]
    public PlaybookForm Form { get; set; }

    /// <summary>Gets or sets a value indicating whether a file that is there is replaced.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    private string Location => SessionState.Path.CurrentFileSystemLocation.ProviderPath;

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        try
        {
            Make(new PlaybookFiles(Location));
        }
        catch (CallRefusedException refused)
        {
            ThrowTerminatingError(refused.Record);
        }
        catch (EngineException problem)
        {
            ThrowTerminatingError(Errors.EngineRefused(problem));
        }
        catch (EngineLibraryException problem)
        {
            ThrowTerminatingError(Errors.LibraryUnusable(problem));
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            ThrowTerminatingError(PlaybookErrors.CannotBeWritten(Name, problem));
        }
    }

    private void Make(PlaybookFiles files)
    {
        if (!ValidName().IsMatch(Name))
        {
            throw new CallRefusedException(PlaybookErrors.NameInvalid(Name));
        }

        var (text, extension) = Fill(FindTemplate(files));
        if (files.Existing(Name) is { } existing && !Force)
        {
            throw new CallRefusedException(PlaybookErrors.Exists(Name, existing));
        }

        var file = files.NewFile(Name, extension);
        if (ShouldProcess(file, "Create a playbook"))
        {
            Write(file, text);
            Tell(file);
        }
    }

    private string FindTemplate(PlaybookFiles files)
    {
        var all = files.Templates;
        return all.FirstOrDefault(file => NameOf(file).Equals(Template, StringComparison.OrdinalIgnoreCase))
            ?? throw new CallRefusedException(PlaybookErrors.NoTemplate(Template, all.Select(NameOf), files.TemplateFolders));
    }

    // A name has no character that would need an escape in any form.
    private (string Text, string Extension) Fill(string template)
    {
        var text = File.ReadAllText(template).Replace(PlaybookFiles.NameMark, Name, StringComparison.Ordinal);
        var extension = Path.GetExtension(template).ToLowerInvariant();
        var wanted = ExportPlaybookDefinitionCommand.NameOf(Form);
        if (!MyInvocation.BoundParameters.ContainsKey(nameof(Form)) || extension.TrimStart('.').Replace("yml", "yaml", StringComparison.Ordinal) == wanted)
        {
            return (text, extension);
        }

        var source = PlaybookSource.Named(template, Location);
        var answer = PlaybookQuestion.Ask("export", source, json => json.WriteString("form", wanted));
        return (answer.Text("text")!.Replace(PlaybookFiles.NameMark, Name, StringComparison.Ordinal), "." + wanted);
    }

    private void Write(string file, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        using var stream = new FileStream(file, Force ? FileMode.Create : FileMode.CreateNew);
        using var writer = new StreamWriter(stream);
        writer.Write(text);
    }

    private void Tell(string file)
    {
        var all = PlaybookQuestion.List(Location).List("playbooks").Select(told => new PlaybookInfo(told));
        var made = all.FirstOrDefault(playbook => Path.GetFullPath(playbook.Path) == Path.GetFullPath(file));
        if (made is not null)
        {
            WriteObject(made);
        }
        else
        {
            WriteWarning($"'{file}' was written, but another playbook is found by its name: OE_PLAYBOOK_PATH names its folder first, or it is of another form.");
        }
    }

    private static string NameOf(string file) => Path.GetFileNameWithoutExtension(file);

    [GeneratedRegex(@"^[\p{L}\p{N}_]([\p{L}\p{N} ._-]*[\p{L}\p{N}_-])?(/[\p{L}\p{N}]([\p{L}\p{N} ._-]*[\p{L}\p{N}_-])?)*\z", RegexOptions.CultureInvariant)]
    private static partial Regex ValidName();
}
