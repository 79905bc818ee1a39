using System;
using System.Buffers;
using System.Collections;
using System.Linq;
using System.Text.Json;
using OrchestrationEngine.Native.Interop;

namespace OrchestrationEngine.Native;

/// <summary>
/// The environment variables of this process, as .NET has them. On Unix it keeps those that are set in it to itself, so
/// the engine, which playbooks ask for variables and which starts programs with them, has to be told. May be used from
/// any thread.
/// </summary>
internal static class HostEnvironment
{
    private static readonly object Sync = new();
    private static byte[] _told = [];

    /// <summary>Tells the engine what has changed since it was told last.</summary>
    internal static void Tell()
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        lock (Sync)
        {
            var variables = Read();
            if (variables.AsSpan().SequenceEqual(_told))
            {
                return;
            }

            EngineException.ThrowUnlessOk(NativeMethods.oe_environment_set(variables, (nuint)variables.Length));
            _told = variables;
        }
    }

    // In an order of its own each time, unless it is sorted.
    private static byte[] Read()
    {
        var bytes = new ArrayBufferWriter<byte>();
        using var json = new Utf8JsonWriter(bytes);
        json.WriteStartObject();
        var all = Environment.GetEnvironmentVariables().Cast<DictionaryEntry>();
        foreach (var (name, value) in all.Select(entry => ((string)entry.Key, (string?)entry.Value)).Order())
        {
            // What no program can be given: only SetEnvironmentVariable is this careful, not the shell before us.
            if (name.Length > 0 && !name.Contains('=', StringComparison.Ordinal))
            {
                json.WriteString(name, value ?? string.Empty);
            }
        }

        json.WriteEndObject();
        json.Flush();
        return bytes.WrittenSpan.ToArray();
    }
}
