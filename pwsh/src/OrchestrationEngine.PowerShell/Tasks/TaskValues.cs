using System;
using System.Collections;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Management.Automation;
using OrchestrationEngine.PowerShell.Output;
using OrchestrationEngine.PowerShell.Runspaces;

namespace OrchestrationEngine.PowerShell.Tasks;

/// <summary>Makes of a task's values what they have to be, as PowerShell does it for parameters. Null is not given.</summary>
/// <param name="table">The task.</param>
internal sealed class TaskValues(TaskTable table)
{
    /// <summary>The longest time that a task can be given: a year.</summary>
    private const double MostSeconds = 31_536_000;

    /// <summary>A text that is not blank; numbers are written as such.</summary>
    internal string? Text(string key) => table[key] is { } value
        ? ToText(value) ?? throw Invalid(key, "text that is not blank")
        : null;

    /// <summary>Texts, in a list or alone, each once.</summary>
    internal string[] Texts(string key)
    {
        var values = PlainValue.Of(table[key]) switch
        {
            null => [],
            IDictionary => throw Invalid(key, "text that is not blank, or a list of such"),
            IEnumerable list and not string => list.Cast<object?>(),
            { } one => [one],
        };
        return values
            .Select(value => ToText(value) ?? throw Invalid(key, "text that is not blank, or a list of such"))
            .Distinct(StringComparer.OrdinalIgnoreCase)
            .ToArray();
    }

    /// <summary>A truth value. Text is none: 'false' would count as true.</summary>
    internal bool? Flag(string key) => PlainValue.Of(table[key]) switch
    {
        null => null,
        bool value => value,
        SwitchParameter value => value.IsPresent,
        { } value when IsNumber(value) => LanguagePrimitives.IsTrue(value),
        _ => throw Invalid(key, "$true or $false"),
    };

    /// <summary>A whole number.</summary>
    internal int? Number(string key, int least, int most)
    {
        if (table[key] is not { } value)
        {
            return null;
        }

        return LanguagePrimitives.TryConvertTo<int>(value, CultureInfo.InvariantCulture, out var number)
            && PlainValue.Of(value) is not (bool or char)
            && ToText(value) is not null
            && number >= least
            && number <= most
            ? number
            : throw Invalid(key, string.Create(CultureInfo.InvariantCulture, $"a whole number from {least:n0} to {most:n0}"));
    }

    /// <summary>A time: a TimeSpan, or seconds.</summary>
    internal TimeSpan? Time(string key) => table[key] is null
        ? null
        : FindTime(key) ?? throw Invalid(
            key, string.Create(CultureInfo.InvariantCulture, $"a TimeSpan or a number of seconds from 0 to {MostSeconds:n0}"));

    /// <summary>The time that a value is; null if it is none.</summary>
    internal TimeSpan? FindTime(string key) =>
        PlainValue.Of(table[key]) is { } value && ToSeconds(value) is >= 0 and <= MostSeconds and var seconds
            ? TimeSpan.FromSeconds(seconds)
            : null;

    /// <summary>One of the words of an enumeration.</summary>
    internal T? Word<T>(string key)
        where T : struct, Enum
    {
        if (table[key] is not { } value)
        {
            return null;
        }

        return LanguagePrimitives.TryConvertTo<T>(value, CultureInfo.InvariantCulture, out var word)
            && ToText(value) is not null
            && Enum.IsDefined(word)
            ? word
            : throw Invalid(key, string.Join(" or ", Enum.GetNames<T>()));
    }

    /// <summary>A script block.</summary>
    internal ScriptBlock? Block(string key) => PlainValue.Of(table[key]) switch
    {
        null => null,
        ScriptBlock block => block,
        _ => throw Invalid(key, "a script block"),
    };

    /// <summary>A table of names, each once whatever the case, and any values, which stay as they are.</summary>
    internal IReadOnlyList<KeyValuePair<string, object?>> Table(string key)
    {
        if (table[key] is not { } value)
        {
            return [];
        }

        var entries = PlainValue.Of(value) is OrchestrationScript ? null : TaskTable.Entries(value)?.ToArray();
        var names = entries?.Select(entry => entry.Key).Distinct(StringComparer.OrdinalIgnoreCase).Count();
        return entries is not null && names == entries.Length && entries.All(entry => !string.IsNullOrWhiteSpace(entry.Key))
            ? entries
            : throw Invalid(key, "a table of parameters, each once");
    }

    /// <summary>The refusal of a value.</summary>
    /// <param name="key">The key.</param>
    /// <param name="expected">What it has to be.</param>
    internal CallRefusedException Invalid(string key, string expected) =>
        new(TaskErrors.ValueInvalid(table.Place, key, PlainValue.Of(table[key]), expected));

    // Whatever is more than a value has a text, too, but not one that somebody meant.
    private static string? ToText(object? value)
    {
        var text = PlainValue.Of(value) switch
        {
            string given => given.Trim(),
            FileSystemInfo file => file.FullName,
            OrchestrationScript script => script.Path,
            Enum word => word.ToString(),
            { } number when IsNumber(number) => Convert.ToString(number, CultureInfo.InvariantCulture),
            _ => null,
        };
        return string.IsNullOrEmpty(text) ? null : text;
    }

    // PowerShell takes '30' for 30 days if it is made a TimeSpan.
    private static double? ToSeconds(object value) => value switch
    {
        TimeSpan time => time.TotalSeconds,
        string text when double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var seconds) => seconds,
        string text when TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out var time) => time.TotalSeconds,
        _ when IsNumber(value) => Convert.ToDouble(value, CultureInfo.InvariantCulture),
        _ => null,
    };

    private static bool IsNumber(object value) =>
        value is not Enum && Type.GetTypeCode(value.GetType()) is >= TypeCode.SByte and <= TypeCode.Decimal;
}
