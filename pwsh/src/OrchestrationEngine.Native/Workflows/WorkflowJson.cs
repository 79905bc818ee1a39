using System.Text.Json;
using System.Text.Json.Serialization;

namespace OrchestrationEngine.Native;

/// <summary>How workflows are read from JSON; made at build time, so that a first one has nothing to look up.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    Converters = [typeof(SecondsConverter), typeof(EpochConverter), typeof(NamedConverter<RunStatus>),
        typeof(NamedConverter<TaskState>), typeof(NamedConverter<WorkflowNewsKind>), typeof(NamedConverter<WorkflowVerdict>)])]
[JsonSerializable(typeof(WorkflowReport))]
internal sealed partial class WorkflowJson : JsonSerializerContext;
