using System.Collections.Generic;
using System.Text;
using System.Text.Json;

namespace OrchestrationEngine.PowerShell.Playbooks;

/// <summary>Says of a place in the JSON of a definition, which nobody but the engine sees, what stands there.</summary>
internal static class DefinitionPlaces
{
    /// <summary>The keys and indexes that lead to a place: <c>steps[2].condition</c>; null for the whole.</summary>
    /// <param name="definition">The JSON, on one line.</param>
    /// <param name="column">The place, in characters from 1.</param>
    internal static string? Find(string definition, int column)
    {
        var offset = BytesBefore(definition, column);
        var reader = new Utf8JsonReader(Encoding.UTF8.GetBytes(definition));
        var open = new Stack<Level>();
        var found = string.Empty;
        while (reader.Read() && reader.TokenStartIndex <= offset)
        {
            switch (reader.TokenType)
            {
                case JsonTokenType.PropertyName:
                    open.Peek().Key = reader.GetString()!;
                    found = PathOf(open);
                    break;
                case JsonTokenType.EndObject or JsonTokenType.EndArray:
                    open.Pop();
                    break;
                default:
                    Enter(open);
                    found = PathOf(open);
                    if (reader.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray)
                    {
                        open.Push(new Level(reader.TokenType == JsonTokenType.StartArray));
                    }

                    break;
            }
        }

        return found.Length > 0 ? found : null;
    }

    private static void Enter(Stack<Level> open)
    {
        if (open.TryPeek(out var list) && list.IsList)
        {
            list.Index++;
        }
    }

    private static string PathOf(Stack<Level> open)
    {
        var text = new StringBuilder();
        var levels = open.ToArray();
        for (var i = levels.Length - 1; i >= 0; i--)
        {
            text.Append(levels[i].IsList ? $"[{levels[i].Index}]" : (text.Length > 0 ? "." : string.Empty) + levels[i].Key);
        }

        return text.ToString();
    }

    private static int BytesBefore(string text, int column)
    {
        var (bytes, characters) = (0, 1);
        foreach (var rune in text.EnumerateRunes())
        {
            if (characters++ >= column)
            {
                break;
            }

            bytes += rune.Utf8SequenceLength;
        }

        return bytes;
    }

    /// <summary>A table or list that a place is in, and where in it.</summary>
    private sealed class Level(bool isList)
    {
        internal bool IsList { get; } = isList;

        internal int Index { get; set; } = -1;

        internal string Key { get; set; } = string.Empty;
    }
}
