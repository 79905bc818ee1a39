using System;
using System.Collections;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using OrchestrationEngine.PowerShell.Output;

namespace OrchestrationEngine.PowerShell.Reports;

/// <summary>Says any object in one line of bounded length.</summary>
internal static class ShortText
{
    private const char Ellipsis = '\u2026';

    // An element takes one character at least, and one more parts it from the next.
    private static int ElementLimit(int limit) => (limit / 2) + 1;

    /// <summary>Says an object as PowerShell would in a text, dictionaries by their content.</summary>
    /// <param name="value">The object.</param>
    /// <param name="limit">How many characters at most.</param>
    internal static string Of(object? value, int limit)
    {
        try
        {
            return OneLine(TextOf(value, limit), limit);
        }
        catch (Exception)
        {
            // The object's own ToString, or its enumerator, has failed.
            return OneLine(PlainValue.Of(value)!.GetType().Name, limit);
        }
    }

    /// <summary>Says what an exception says, which an exception of somebody else may fail to.</summary>
    internal static string MessageOf(Exception exception)
    {
        try
        {
            return exception.Message ?? exception.GetType().Name;
        }
        catch (Exception)
        {
            return exception.GetType().Name;
        }
    }

    /// <summary>Makes one line of a text: line ends and other control characters become spaces.</summary>
    /// <param name="text">The text.</param>
    /// <param name="limit">How many characters at most; what is longer ends in an ellipsis.</param>
    internal static string OneLine(string text, int limit)
    {
        var isLong = text.Length > limit;
        var length = isLong ? limit - 1 : text.Length;
        if (isLong && char.IsHighSurrogate(text[length - 1]))
        {
            length--;
        }

        var line = string.Create(length, text, static (line, text) =>
        {
            for (var index = 0; index < line.Length; index++)
            {
                line[index] = IsLineBreaking(text[index]) ? ' ' : text[index];
            }
        });
        return isLong ? line + Ellipsis : line;
    }

    private static bool IsLineBreaking(char letter) => char.IsControl(letter) || letter is '\u2028' or '\u2029';

    private static string TextOf(object? value, int limit)
    {
        var plain = PlainValue.Of(value);
        return plain switch
        {
            null => string.Empty,
            string text => text,
            IDictionary map => $"@{{{string.Join("; ", EntriesOf(map, limit))}}}",
            ICollection list => string.Join(' ', list.Cast<object?>().Take(ElementLimit(limit)).Select(TextOfElement)),

            // Reading it would take from it what is the item's.
            IEnumerable => plain.GetType().Name,
            _ => TextOfElement(value),
        };
    }

    private static IEnumerable<string> EntriesOf(IDictionary map, int limit) =>
        map.Cast<DictionaryEntry>().Take(ElementLimit(limit)).Select(
            entry => $"{TextOfElement(entry.Key)}={TextOfElement(entry.Value)}");

    private static string TextOfElement(object? value)
    {
        var plain = PlainValue.Of(value);
        return plain switch
        {
            null => string.Empty,
            string text => text,
            IEnumerable => plain.GetType().Name,
            IFormattable number => number.ToString(null, System.Globalization.CultureInfo.InvariantCulture),
            _ => PSObject.AsPSObject(value!).ToString(),
        };
    }
}
