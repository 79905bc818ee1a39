using System;
using System.Collections;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Management.Automation;
using System.Text;
using System.Text.Json;

namespace OrchestrationEngine.PowerShell.Output;

/// <summary>
/// Writes objects as values that outlive the process: $null, truth values, numbers, text, arrays and custom objects. Of
/// anything else there is only its text. Used on the thread whose runspace the objects are of.
/// </summary>
internal sealed class ValueWriter : IDisposable
{
    /// <summary>How deep values may be inside each other; what is deeper is text.</summary>
    private const int MostDepth = 16;

    /// <summary>How many bytes they may take, as the store has it.</summary>
    private const int MostBytes = 4 << 20;

    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly MemoryStream _bytes = new();
    private readonly Utf8JsonWriter _json;

    internal ValueWriter() => _json = new Utf8JsonWriter(_bytes);

    /// <summary>Gets a value indicating whether the same comes back of what was written.</summary>
    internal bool IsWhole { get; private set; } = true;

    /// <summary>Writes a list of objects; used once.</summary>
    /// <returns>False if it is too large.</returns>
    internal bool TryWrite(IReadOnlyList<object?> values, out JsonElement written)
    {
        WriteList(values, depth: 0);
        _json.Flush();
        var fits = _bytes.Length <= MostBytes;
        written = fits ? JsonSerializer.Deserialize<JsonElement>(_bytes.ToArray()) : default;
        return fits;
    }

    /// <summary>Frees what it wrote into.</summary>
    public void Dispose()
    {
        _json.Dispose();
        _bytes.Dispose();
    }

    private bool IsFull => _json.BytesCommitted + _json.BytesPending > MostBytes;

    private void Write(object? value, int depth)
    {
        switch (PlainValue.Of(value))
        {
            case null:
                _json.WriteNullValue();
                break;
            case bool flag:
                _json.WriteBooleanValue(flag);
                break;
            case int number:
                _json.WriteNumberValue(number);
                break;
            case long number:
                _json.WriteNumberValue(number);
                break;
            case double number when double.IsFinite(number):
                WriteFraction(number);
                break;
            case string text when IsText(text):
                _json.WriteStringValue(text);
                break;
            case object?[] list when depth < MostDepth:
                WriteList(list, depth + 1);
                break;
            case PSCustomObject when depth < MostDepth:
                WriteMap((PSObject)value!, depth + 1);
                break;
            case IDictionary table when depth < MostDepth:
                WriteTable(table, depth + 1);
                break;
            default:
                WriteText(value);
                break;
        }
    }

    // Without a point it would come back as a whole number.
    private void WriteFraction(double number)
    {
        var text = number.ToString("R", CultureInfo.InvariantCulture);
        _json.WriteRawValue(text.AsSpan().IndexOfAny(".E") >= 0 ? text : text + ".0");
    }

    private void WriteList(IReadOnlyList<object?> values, int depth)
    {
        _json.WriteStartArray();
        foreach (var value in values.TakeWhile(_ => !IsFull))
        {
            Write(value, depth);
        }

        _json.WriteEndArray();
    }

    // It would come back as a custom object, which is asked for its entries in another way.
    private void WriteTable(IDictionary table, int depth)
    {
        IsWhole = false;
        _json.WriteStartObject();
        foreach (var entry in table.Cast<DictionaryEntry>().TakeWhile(_ => !IsFull))
        {
            _json.WritePropertyName(Written(LanguagePrimitives.ConvertTo<string>(entry.Key)));
            Write(entry.Value, depth);
        }

        _json.WriteEndObject();
    }

    private void WriteMap(PSObject map, int depth)
    {
        IsWhole &= map.TypeNames[0] == typeof(PSCustomObject).FullName;
        _json.WriteStartObject();
        foreach (var member in map.Members.Where(member => !IsCommon(member)).TakeWhile(_ => !IsFull))
        {
            if (member is PSNoteProperty && IsText(member.Name))
            {
                _json.WritePropertyName(member.Name);
                Write(member.Value, depth);
            }
            else
            {
                // What computes something cannot be kept.
                IsWhole = false;
            }
        }

        _json.WriteEndObject();
    }

    private static bool IsCommon(PSMemberInfo member) =>
        member.MemberType is PSMemberTypes.Method or PSMemberTypes.MemberSet or PSMemberTypes.CodeMethod || !member.IsInstance;

    private void WriteText(object? value)
    {
        IsWhole = false;
        string? text;
        try
        {
            text = LanguagePrimitives.ConvertTo<string>(value);
        }
        catch (Exception)
        {
            // Whatever its own ToString thinks of it.
            text = value!.GetType().FullName;
        }

        _json.WriteStringValue(Written(text ?? string.Empty));
    }

    private static string Written(string text) => Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text));

    // Half a character cannot be written.
    private static bool IsText(string text)
    {
        try
        {
            _ = Strict.GetByteCount(text);
            return true;
        }
        catch (EncoderFallbackException)
        {
            return false;
        }
    }
}
