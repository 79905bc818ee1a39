using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using OrchestrationEngine.PowerShell.Scripts;

namespace OrchestrationEngine.PowerShell;

/// <summary>A script that tasks can run, by its number or name. It stands for its path: <c>&amp; $script</c> runs it.</summary>
public sealed class OrchestrationScript
{
    // More digits are a date or the like.
    private const int MostDigits = 9;

    private readonly Lazy<ScriptHeader> _header;

    /// <summary>Initializes a new instance of the <see cref="OrchestrationScript"/> class.</summary>
    /// <param name="path">The full path of the file.</param>
    internal OrchestrationScript(string path)
    {
        Path = path;
        FileName = System.IO.Path.GetFileNameWithoutExtension(path);
        var digits = FileName.TakeWhile(char.IsAsciiDigit).Count();
        var isNumbered = digits is > 0 and <= MostDigits && (digits == FileName.Length || FileName[digits] == '_');
        Number = isNumbered ? FileName[..digits] : null;
        Name = isNumbered && digits + 1 < FileName.Length ? FileName[(digits + 1)..] : FileName;
        Value = isNumbered ? int.Parse(Number!, NumberStyles.None, CultureInfo.InvariantCulture) : null;
        _header = new(() => ScriptHeader.Of(path));
    }

    /// <summary>Gets the number before the first underscore of the file's name, as it is written there; null without one.</summary>
    public string? Number { get; }

    /// <summary>Gets the name of the file without the number before it and the extension.</summary>
    public string Name { get; }

    /// <summary>Gets what the script's header says it does, from <c># Description:</c> or its synopsis; null for nothing.</summary>
    public string? Description => _header.Value.Description;

    /// <summary>Gets the stage that the script's header names; null for none.</summary>
    public string? Stage => _header.Value.Stage;

    /// <summary>Gets what the script's header says it needs, as it is written there: numbers, names, words.</summary>
    public IReadOnlyList<string> Dependencies => _header.Value.Dependencies;

    /// <summary>Gets the tags in the script's header.</summary>
    public IReadOnlyList<string> Tags => _header.Value.Tags;

    /// <summary>Gets the full path of the file.</summary>
    public string Path { get; }

    /// <summary>Gets the name of the file without its extension.</summary>
    internal string FileName { get; }

    /// <summary>Gets what <see cref="Number"/> counts: 0407 and 407 are the same number.</summary>
    internal int? Value { get; }

    /// <summary>The full path, so that the object can be called and given where a path is asked for.</summary>
    public override string ToString() => Path;
}
