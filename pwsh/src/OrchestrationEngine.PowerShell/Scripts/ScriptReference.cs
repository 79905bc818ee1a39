using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Management.Automation;
using System.Text.RegularExpressions;

namespace OrchestrationEngine.PowerShell.Scripts;

/// <summary>What somebody wrote to mean a script or several: a number, a range of numbers, a name, a pattern or a path.</summary>
/// <param name="Text">What was written, without what makes it an exclusion.</param>
/// <param name="IsExclusion">Whether it takes away what it means.</param>
internal sealed record ScriptReference(string Text, bool IsExclusion)
{
    private static readonly Regex NumberText = new("^[0-9]{1,9}$", RegexOptions.CultureInvariant);

    private static readonly Regex RangeText = new(
        @"^(?<first>[0-9]{1,9})\s*(?:-|\.\.)\s*(?<last>[0-9]{1,9})$", RegexOptions.CultureInvariant);

    /// <summary>Gets the number, if it is one. Zeros before it mean nothing: 407 is 0407.</summary>
    internal int? Number => NumberText.IsMatch(Text) ? Parse(Text) : null;

    /// <summary>Gets the first and the last number, if it is a range.</summary>
    internal (int First, int Last)? Range => RangeText.Match(Text) is { Success: true } range
        ? (Parse(range.Groups["first"].Value), Parse(range.Groups["last"].Value))
        : null;

    /// <summary>Gets a value indicating whether it stands for any number of scripts, also for none.</summary>
    internal bool IsPattern => Range is not null || WildcardPattern.ContainsWildcardCharacters(Text);

    /// <summary>Gets a value indicating whether it says where the file is, and not only below which folder.</summary>
    internal bool IsPath =>
        Path.IsPathRooted(Text) || Text.StartsWith("./", StringComparison.Ordinal)
        || Text.StartsWith("../", StringComparison.Ordinal) || Text.StartsWith(".\\", StringComparison.Ordinal)
        || Text.StartsWith("..\\", StringComparison.Ordinal);

    /// <summary>Gets a value indicating whether it names a folder.</summary>
    internal bool HasFolder => Name.Contains('/', StringComparison.Ordinal);

    /// <summary>Gets the name as it is compared: with slashes, without the extension.</summary>
    internal string Name
    {
        get
        {
            var name = Text.Replace('\\', '/');
            return name.EndsWith(".ps1", StringComparison.OrdinalIgnoreCase) ? name[..^4] : name;
        }
    }

    /// <summary>How a number is shown: with four digits, as scripts have them.</summary>
    internal static string Show(int number) => number.ToString("D4", CultureInfo.InvariantCulture);

    /// <summary>Reads what was given: one reference or several with commas between them; <c>!</c> excludes.</summary>
    /// <param name="text">The text.</param>
    internal static IEnumerable<ScriptReference> Read(string text)
    {
        // The path of a file that is there is one reference, whatever it has in it.
        if (File.Exists(text) && Path.IsPathRooted(text))
        {
            return [new ScriptReference(text, IsExclusion: false)];
        }

        // Text without anything in it means no script, and not all of them.
        var parts = text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return parts.Length == 0 ? [new ScriptReference(text.Trim(), IsExclusion: false)] : parts.Select(ReadOne);
    }

    /// <summary>How it is named in a message: a number with its zeros, all else in quotes.</summary>
    public override string ToString() => Number is { } number ? Show(number) : $"'{Text}'";

    private static ScriptReference ReadOne(string part) =>
        part[0] == '!' ? new(part[1..].Trim(), IsExclusion: true) : new(part, IsExclusion: false);

    private static int Parse(string digits) => int.Parse(digits, NumberStyles.None, CultureInfo.InvariantCulture);
}
