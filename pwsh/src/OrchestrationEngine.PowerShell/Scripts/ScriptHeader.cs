using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.RegularExpressions;

namespace OrchestrationEngine.PowerShell.Scripts;

/// <summary>
/// What the comments at the head of a script say of it: lines such as <c># Stage: Testing</c>, also inside
/// <c>&lt;# … #&gt;</c>, and the synopsis. The script is read as text and nothing of it is run.
/// </summary>
internal sealed class ScriptHeader
{
    // Room for any license above the header, and little enough to read hundreds of them.
    private const int MostCharacters = 32 * 1024;

    private static readonly Regex Entry = new(
        @"^(?<key>Stage|Description|Dependencies|Tags)\s*:\s*(?<value>.*)$",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant);

    private readonly Dictionary<string, string> _entries = new(StringComparer.OrdinalIgnoreCase);
    private string _section = string.Empty;

    private ScriptHeader(IEnumerable<string> comments)
    {
        foreach (var comment in comments)
        {
            Read(comment);
        }
    }

    /// <summary>Gets what the script does, in a line; null if it does not say.</summary>
    internal string? Description => Value("Description") ?? Value(".SYNOPSIS") ?? Value(".DESCRIPTION");

    /// <summary>Gets the stage that the script belongs to; null if it does not say.</summary>
    internal string? Stage => Value("Stage");

    /// <summary>Gets what the script needs before it, as it is written there.</summary>
    internal IReadOnlyList<string> Dependencies => List("Dependencies");

    /// <summary>Gets the words by which the script can be found.</summary>
    internal IReadOnlyList<string> Tags => List("Tags");

    /// <summary>Reads a file; one that cannot be read says nothing of itself.</summary>
    /// <param name="path">The full path of the script.</param>
    internal static ScriptHeader Of(string path)
    {
        try
        {
            using var reader = new StreamReader(path);
            var text = new char[MostCharacters];
            var length = reader.ReadBlock(text, 0, text.Length);
            return new ScriptHeader(Comments(new string(text, 0, length)));
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            return new ScriptHeader([]);
        }
    }

    // The lines of the comments before the first line of code, without what makes them comments.
    private static IEnumerable<string> Comments(string text)
    {
        var isInBlock = false;
        foreach (var line in text.Split('\n').Select(line => line.Trim()))
        {
            var isStart = !isInBlock && line.StartsWith("<#", StringComparison.Ordinal);
            if (!isInBlock && !isStart && line.Length > 0 && line[0] != '#')
            {
                yield break;
            }

            isInBlock |= isStart;
            var comment = isStart ? line[2..] : isInBlock ? line : line.TrimStart('#');
            var end = isInBlock ? comment.IndexOf("#>", StringComparison.Ordinal) : -1;
            isInBlock &= end < 0;
            yield return (end < 0 ? comment : comment[..end]).Trim();
        }
    }

    private void Read(string comment)
    {
        if (Entry.Match(comment) is { Success: true } entry)
        {
            _entries.TryAdd(entry.Groups["key"].Value, entry.Groups["value"].Value.Trim());
        }
        else if (comment.StartsWith('.'))
        {
            _section = comment;
        }
        else if (comment.Length > 0)
        {
            // The first line of a section is enough to know a script by.
            _entries.TryAdd(_section, comment);
        }
    }

    private string? Value(string key) => _entries.TryGetValue(key, out var value) && value.Length > 0 ? value : null;

    private string[] List(string key)
    {
        var values = (Value(key) ?? string.Empty)
            .Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return values is [var only] && only.Equals("None", StringComparison.OrdinalIgnoreCase) ? [] : values;
    }
}
