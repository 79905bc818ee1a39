using System;
using System.Buffers;
using System.Text;
using System.Text.Json;

namespace OrchestrationEngine.PowerShell.Playbooks;

/// <summary>Asks the engine about playbooks.</summary>
internal static class PlaybookQuestion
{
    /// <summary>Asks about one playbook.</summary>
    /// <param name="ask">What: read, validate, plan, graph, export.</param>
    /// <param name="source">About which one.</param>
    /// <param name="writeMore">Writes further keys of the question.</param>
    /// <exception cref="Native.EngineException">There is no such playbook, or a key cannot be used.</exception>
    internal static JsonElement Ask(string ask, PlaybookSource source, Action<Utf8JsonWriter>? writeMore = null) =>
        Ask(ask, json =>
        {
            source.Write(json);
            writeMore?.Invoke(json);
        });

    /// <summary>Asks which playbooks a project has.</summary>
    /// <param name="directory">The full path of a folder of the project.</param>
    internal static JsonElement List(string directory) => Ask("list", json => json.WriteString("directory", directory));

    private static JsonElement Ask(string ask, Action<Utf8JsonWriter> write)
    {
        var bytes = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(bytes))
        {
            json.WriteStartObject();
            json.WriteString("ask", ask);
            write(json);
            json.WriteEndObject();
        }

        var answer = Native.Playbooks.Ask(Encoding.UTF8.GetString(bytes.WrittenSpan));
        return JsonSerializer.Deserialize<JsonElement>(answer);
    }
}
