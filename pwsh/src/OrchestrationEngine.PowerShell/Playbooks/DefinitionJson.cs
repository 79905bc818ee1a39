using System;
using System.Buffers;
using System.Collections;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Xml;
using OrchestrationEngine.PowerShell.Output;
using OrchestrationEngine.PowerShell.Runspaces;

namespace OrchestrationEngine.PowerShell.Playbooks;

/// <summary>
/// Writes what somebody made in PowerShell, a playbook or values for one, as the engine's JSON: tables, lists and custom
/// objects of texts, numbers, truth values and dates, in their order; script blocks as their text. The keys of a plain
/// hashtable have no order of their own and are sorted, so that every process writes the same. Used on the thread
/// whose runspace the objects are of.
/// </summary>
internal sealed class DefinitionJson
{
    /// <summary>How deep values may be inside each other; the engine reads no more.</summary>
    internal const int MostDepth = 64;

    /// <summary>How many bytes it may be; what has no end is refused at that.</summary>
    private const long MostBytes = 64 << 20;

    // Nobody shows this text in a page, so letters may stay as they are.
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly Utf8JsonWriter _json;
    private readonly DefinitionPath _path;
    private readonly HashSet<object> _open = new(ReferenceEqualityComparer.Instance);

    private DefinitionJson(Utf8JsonWriter json, string owner) => (_json, _path) = (json, new(owner));

    /// <summary>A value as JSON.</summary>
    /// <param name="value">The value.</param>
    /// <param name="owner">What a message calls it: <c>The definition</c>, <c>-Parameters</c>.</param>
    /// <exception cref="CallRefusedException">Something in it cannot be written; the message says where and why.</exception>
    internal static string Of(object? value, string owner)
    {
        var bytes = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(bytes, Options))
        {
            Write(json, value, owner);
        }

        return Encoding.UTF8.GetString(bytes.WrittenSpan);
    }

    /// <summary>Writes a value where a writer is.</summary>
    /// <inheritdoc cref="Of"/>
    internal static void Write(Utf8JsonWriter json, object? value, string owner)
    {
        var writer = new DefinitionJson(json, owner);
        try
        {
            writer.Write(value);
        }
        catch (Exception problem) when (problem is not (CallRefusedException or PipelineStoppedException))
        {
            // Whatever a collection of somebody's own throws when it is read.
            throw new CallRefusedException(PlaybookErrors.ValueUnreadable(writer._path, problem));
        }
    }

    private void Write(object? value)
    {
        var plain = PlainValue.Of(value);
        switch (plain)
        {
            case IDictionary table:
                Nest(table, () => WriteTable(table));
                break;
            case PSCustomObject:
                Nest(value!, () => WriteObject((PSObject)value!));
                break;
            case IEnumerable list when plain is not (string or XmlNode):
                Nest(list, () => WriteList(list));
                break;
            default:
                if (!DefinitionScalar.TryWrite(_json, plain, _path))
                {
                    throw Refuse(PlaybookErrors.ValueNotPlain(_path, plain!));
                }

                break;
        }

        if (_json.BytesCommitted + _json.BytesPending > MostBytes)
        {
            throw Refuse(PlaybookErrors.DefinitionTooLarge(_path, MostBytes));
        }
    }

    // What is inside of itself has no end.
    private void Nest(object container, Action write)
    {
        if (!_open.Add(container))
        {
            throw Refuse(PlaybookErrors.ValueInItself(_path));
        }

        if (_open.Count > MostDepth)
        {
            throw Refuse(PlaybookErrors.DefinitionTooDeep(_path, MostDepth));
        }

        write();
        _open.Remove(container);
    }

    private void WriteTable(IDictionary table)
    {
        var entries = table.Cast<DictionaryEntry>().Select(entry => (Key: KeyOf(entry.Key), entry.Value));
        WriteEntries(table is Hashtable ? entries.OrderBy(entry => entry.Key, StringComparer.OrdinalIgnoreCase) : entries);
    }

    private string KeyOf(object key) => PlainValue.Of(key) switch
    {
        string text => text,
        Enum or IFormattable => LanguagePrimitives.ConvertTo<string>(key),
        var other => throw Refuse(PlaybookErrors.KeyNotText(_path, other!)),
    };

    // What is computed by a script is not part of the data.
    private void WriteObject(PSObject properties) => WriteEntries(properties.Properties
        .Where(property => property.MemberType is PSMemberTypes.NoteProperty or PSMemberTypes.Property)
        .Select(property => (property.Name, (object?)property.Value)));

    private void WriteEntries(IEnumerable<(string Key, object? Value)> entries)
    {
        var keys = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        _json.WriteStartObject();
        foreach (var (key, value) in entries)
        {
            using var at = _path.Enter(key);
            if (!keys.Add(key))
            {
                throw Refuse(PlaybookErrors.DefinitionKeyTwice(_path, key));
            }

            _json.WritePropertyName(DefinitionScalar.Text(key, _path));
            Write(value);
        }

        _json.WriteEndObject();
    }

    private void WriteList(IEnumerable list)
    {
        var index = 0;
        _json.WriteStartArray();
        foreach (var value in list)
        {
            using var at = _path.Enter(index++);
            Write(value);
        }

        _json.WriteEndArray();
    }

    private static CallRefusedException Refuse(ErrorRecord error) => new(error);
}
