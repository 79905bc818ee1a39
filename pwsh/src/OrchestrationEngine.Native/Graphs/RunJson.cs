using System;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace OrchestrationEngine.Native;

/// <summary>How runs are written and read as JSON; made at build time, so that a first run has nothing to look up.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    Converters = [typeof(SecondsConverter), typeof(GraphTaskKindConverter), typeof(NamedConverter<RunStatus>),
        typeof(NamedConverter<RunEventKind>), typeof(NamedConverter<TaskState>), typeof(EpochConverter),
        typeof(StateWordConverter<ResumeMode>), typeof(StateWordConverter<RunDurability>),
        typeof(StateWordConverter<OnResume>)])]
[JsonSerializable(typeof(Graph))]
[JsonSerializable(typeof(RunReport))]
[JsonSerializable(typeof(RunEvent))]
[JsonSerializable(typeof(TaskReport))]
internal sealed partial class RunJson : JsonSerializerContext;

/// <summary>The engine's JSON has times in seconds.</summary>
internal sealed class SecondsConverter : JsonConverter<TimeSpan>
{
    public override TimeSpan Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        TimeSpan.FromSeconds(reader.GetDouble());

    public override void Write(Utf8JsonWriter writer, TimeSpan value, JsonSerializerOptions options) =>
        writer.WriteNumberValue(value.TotalSeconds);
}

/// <summary>The engine's JSON has times of day in seconds since 1970.</summary>
internal sealed class EpochConverter : JsonConverter<DateTimeOffset>
{
    public override DateTimeOffset Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        DateTimeOffset.UnixEpoch + TimeSpan.FromSeconds(reader.GetDouble());

    public override void Write(Utf8JsonWriter writer, DateTimeOffset value, JsonSerializerOptions options) =>
        writer.WriteNumberValue((value - DateTimeOffset.UnixEpoch).TotalSeconds);
}

/// <summary>Kinds of tasks are written in camel case.</summary>
internal sealed class GraphTaskKindConverter()
    : JsonStringEnumConverter<GraphTaskKind>(JsonNamingPolicy.CamelCase, allowIntegerValues: false);

/// <summary>What reports name is written as it is named here.</summary>
internal sealed class NamedConverter<T>()
    : JsonStringEnumConverter<T>(namingPolicy: null, allowIntegerValues: false)
    where T : struct, Enum;
