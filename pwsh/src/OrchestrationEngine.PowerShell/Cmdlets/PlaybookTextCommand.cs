using System;
using System.IO;
using System.Linq;
using System.Management.Automation;
using System.Text.Json;
using OrchestrationEngine.PowerShell.Output;
using OrchestrationEngine.PowerShell.Playbooks;
using OrchestrationEngine.PowerShell.Runspaces;

namespace OrchestrationEngine.PowerShell.Cmdlets;

/// <summary>What the cmdlets have in common that make a text of a playbook, and write it into a file if there is one.</summary>
public abstract class PlaybookTextCommand : PlaybookDefinitionCommand
{
    /// <summary>Gets or sets the file that gets the text; the output, if it is not given.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Path { get; set; }

    /// <summary>The extension of <see cref="Path"/> in small letters; null without one.</summary>
    private protected string? Extension => Path is null ? null : System.IO.Path.GetExtension(Path).ToLowerInvariant();

    /// <summary>Says what keeps a text from being made.</summary>
    private protected void TellErrors(JsonElement answer, PlaybookSource source)
    {
        foreach (var diagnostic in PlaybookDiagnostic.Read(answer, source).Where(it => !it.IsWarning))
        {
            WriteError(PlaybookErrors.NotUsable(diagnostic));
        }
    }

    /// <summary>Says what is missing in a text.</summary>
    private protected void TellWarnings(JsonElement answer, PlaybookSource source)
    {
        foreach (var diagnostic in PlaybookDiagnostic.Read(answer, source).Where(it => it.IsWarning))
        {
            WriteWarning(diagnostic.ToString());
        }
    }

    /// <summary>Writes a text where it is wanted.</summary>
    /// <param name="text">The text; null if there is none.</param>
    /// <param name="action">What <c>-WhatIf</c> calls it.</param>
    private protected void Write(string? text, string action)
    {
        if (text is null || Path is null)
        {
            WriteObject(text is null ? [] : new[] { text }, enumerateCollection: true);
            return;
        }

        var full = FullPath(Path);
        try
        {
            if (ShouldProcess(full, action))
            {
                File.WriteAllText(full, text);
            }
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            throw new CallRefusedException(PlaybookErrors.CannotBeWritten(Path, problem));
        }
    }
}
