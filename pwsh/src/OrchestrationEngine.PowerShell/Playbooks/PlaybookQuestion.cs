using System;
using System.Buffers;
using System.Collections;
using System.Collections.Generic;
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

    /// <summary>Asks whether a type of steps can be one.</summary>
    /// <exception cref="Native.EngineException">It cannot; the message says why, and what to do.</exception>
    internal static void Check(OrchestrationStepType type, string directory) => Ask(
        "validate", PlaybookSource.Of(new Hashtable { ["steps"] = Array.Empty<object>() }, directory).Write, [type]);

    private static JsonElement Ask(string ask, Action<Utf8JsonWriter> write) => Ask(ask, write, StepTypes.All);

    private static JsonElement Ask(string ask, Action<Utf8JsonWriter> write, IReadOnlyCollection<OrchestrationStepType> types)
    {
        var bytes = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(bytes))
        {
            json.WriteStartObject();
            json.WriteString("ask", ask);
            write(json);
            StepTypes.Write(json, types);
            json.WriteEndObject();
        }

        var answer = Native.Playbooks.Ask(Encoding.UTF8.GetString(bytes.WrittenSpan));
        return JsonSerializer.Deserialize<JsonElement>(answer);
    }
}
