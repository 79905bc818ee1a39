using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Management.Automation;
using System.Security;
using System.Security.Cryptography;
using System.Text;
using OrchestrationEngine.PowerShell.Output;
using OrchestrationEngine.PowerShell.Runspaces;

namespace OrchestrationEngine.PowerShell.Tasks;

/// <summary>What a task does, as a word that changes with it: by this a run knows its tasks when it goes on.</summary>
internal static class TaskContent
{
    /// <summary>A hash of what is run, not of where it is, and of the values that it is given.</summary>
    internal static string Of(TaskDefinition task)
    {
        var parts = new List<string?>
        {
            task.ScriptBlock?.ToString(),
            task.Command,
            task.Script is null ? null : TextOf(task.Script.Path),
            task.Condition?.Block?.ToString() ?? task.Condition?.Value.ToString(),
        };
        foreach (var (name, value) in task.Parameters.OrderBy(parameter => parameter.Key, StringComparer.OrdinalIgnoreCase))
        {
            parts.Add(name.ToLowerInvariant());
            parts.Add(TextOf(value));
        }

        // With their lengths, so that no two lists make the same text.
        var text = string.Concat(parts.Select(part => part is null ? "-;" : $"{part.Length}:{part};"));
        return Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
    }

    /// <summary>What the result of a task is remembered by, as far as it alone says; null if it is not to be.</summary>
    internal static MemoRequest? MemoOf(TaskDefinition task) => task.Memo is null
        ? null
        : new MemoRequest
        {
            Kind = task.Script is not null ? TaskKeys.Script : task.Command is not null ? TaskKeys.Command : TaskKeys.ScriptBlock,
            Script = task.Script is not null ? TextOf(task.Script.Path) : task.Command ?? $"{task.ScriptBlock}",
            Life = task.Memo.Life,
            Inputs = task.Inputs,
        };

    /// <summary>A word that changes with a value, in which it cannot be read; null if it cannot be told from others.</summary>
    /// <param name="value">The value, on the thread whose runspace it is of.</param>
    internal static string? WordOf(object? value)
    {
        var stored = StoredOutput.Of([value]);
        return stored.IsWhole ? Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(stored.Value!.Value.GetRawText()))) : null;
    }

    // A script that cannot be read says so when it runs.
    private static string TextOf(string path)
    {
        try
        {
            return Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(path)));
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            return path;
        }
    }

    // A secret has no part in it, nor an object that is another one in another process.
    private static string? TextOf(object? value)
    {
        if (PlainValue.Of(value) is SecureString or PSCredential)
        {
            return null;
        }

        var stored = StoredOutput.Of([value]);
        return stored.IsWhole ? stored.Value?.GetRawText() : PlainValue.Of(value)!.GetType().FullName;
    }
}
