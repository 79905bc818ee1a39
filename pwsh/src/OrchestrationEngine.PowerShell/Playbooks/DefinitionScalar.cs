using System;
using System.Globalization;
using System.IO;
using System.Management.Automation;
using System.Net;
using System.Numerics;
using System.Security;
using System.Text;
using System.Text.Json;
using OrchestrationEngine.PowerShell.Output;
using OrchestrationEngine.PowerShell.Runspaces;

namespace OrchestrationEngine.PowerShell.Playbooks;

/// <summary>Writes single values as the engine's JSON.</summary>
internal static class DefinitionScalar
{
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Writes a value that has nothing inside.</summary>
    /// <param name="json">Where it is written.</param>
    /// <param name="value">The value, without PowerShell's wrapper.</param>
    /// <param name="path">Where it is, for messages.</param>
    /// <returns>False if there is no plain form of it.</returns>
    /// <exception cref="CallRefusedException">It is a secret, or a number or text that JSON has no form for.</exception>
    internal static bool TryWrite(Utf8JsonWriter json, object? value, DefinitionPath path)
    {
        switch (value)
        {
            case null or DBNull:
                json.WriteNullValue();
                return true;
            case bool flag:
                json.WriteBooleanValue(flag);
                return true;
            case SwitchParameter flag:
                json.WriteBooleanValue(flag.IsPresent);
                return true;
            case SecureString or PSCredential or NetworkCredential:
                throw new CallRefusedException(PlaybookErrors.ValueIsSecret(path, value));
            default:
                return TryWriteNumber(json, value, path) || TryWriteText(json, value, path);
        }
    }

    /// <summary>A text, if it is whole: half of a character cannot be written.</summary>
    internal static string Text(string text, DefinitionPath path)
    {
        try
        {
            _ = Strict.GetByteCount(text);
            return text;
        }
        catch (EncoderFallbackException)
        {
            throw new CallRefusedException(PlaybookErrors.TextBroken(path, text));
        }
    }

    private static bool TryWriteNumber(Utf8JsonWriter json, object value, DefinitionPath path)
    {
        switch (value)
        {
            case Enum or char:
                return false;
            case double or float:
                WriteFraction(json, (IFormattable)value, path);
                return true;
            case decimal number when number != decimal.Truncate(number):
                json.WriteNumberValue(number);
                return true;
            case byte or sbyte or short or ushort or int or uint or long or ulong or decimal or BigInteger:
                json.WriteNumberValue(Whole(value, path));
                return true;
            default:
                return false;
        }
    }

    // Without a point it would come back as a whole number.
    private static void WriteFraction(Utf8JsonWriter json, IFormattable number, DefinitionPath path)
    {
        if (!double.IsFinite(Convert.ToDouble(number, CultureInfo.InvariantCulture)))
        {
            throw TooLarge(path, number);
        }

        var text = number.ToString("R", CultureInfo.InvariantCulture);
        json.WriteRawValue(text.AsSpan().IndexOfAny(".E") >= 0 ? text : text + ".0");
    }

    private static long Whole(object value, DefinitionPath path)
    {
        try
        {
            return value is BigInteger large ? (long)large : Convert.ToInt64(value, CultureInfo.InvariantCulture);
        }
        catch (OverflowException)
        {
            throw TooLarge(path, value);
        }
    }

    private static CallRefusedException TooLarge(DefinitionPath path, object value) =>
        new(PlaybookErrors.NumberOutside(path, value));

    private static bool TryWriteText(Utf8JsonWriter json, object value, DefinitionPath path)
    {
        var text = value switch
        {
            string it => it,
            ScriptBlock block => block.ToString(),
            char or Enum or Guid or Version or Uri => value.ToString(),
            DateTime time => time.ToString("o", CultureInfo.InvariantCulture),
            DateTimeOffset time => time.ToString("o", CultureInfo.InvariantCulture),
            TimeSpan time => time.ToString("c", CultureInfo.InvariantCulture),
            FileSystemInfo file => file.FullName,
            PathInfo place => place.ProviderPath,
            OrchestrationScript script => script.Path,
            _ => null,
        };
        if (text is not null)
        {
            json.WriteStringValue(Text(text, path));
        }

        return text is not null;
    }
}
