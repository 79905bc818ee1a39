using System;
using System.IO;
using System.Management.Automation;
using OrchestrationEngine.PowerShell.Output;
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

    /// <summary>Writes a text where it is wanted.</summary>
    /// <param name="text">The text.</param>
    /// <param name="action">What <c>-WhatIf</c> calls it.</param>
    private protected void Write(string text, string action)
    {
        if (Path is null)
        {
            WriteObject(text);
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
