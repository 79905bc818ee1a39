using System.Text.Json.Serialization;

namespace OrchestrationEngine.Native;

/// <summary>Where the course of a run is kept, so that it can go on in another process.</summary>
public sealed record GraphState
{
    /// <summary>Gets the folder; it is made where there is none.</summary>
    public required string Folder { get; init; }

    /// <summary>Gets what the plan is called; many runs may share it.</summary>
    public required string Name { get; init; }

    /// <summary>Gets the id of the run; for one that goes on also its name, which means the latest of it.</summary>
    public required string Run { get; init; }

    /// <summary>Gets which tasks run again, if the run goes on; null if it begins.</summary>
    public ResumeMode? Resume { get; init; }

    /// <summary>Gets a value indicating whether it may go on with other tasks than it began with.</summary>
    public bool AcceptsChangedPlan { get; init; }

    /// <summary>Gets what is certain to be on the disk before a task starts.</summary>
    public RunDurability Durability { get; init; }

    /// <summary>Gets how many runs are kept, this one included; null for all.</summary>
    public int? KeepRuns { get; init; }

    /// <summary>Gets a value indicating whether results are neither looked up nor remembered.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool NoCache { get; init; }
}

/// <summary>Which tasks of a run that goes on run again.</summary>
public enum ResumeMode
{
    /// <summary>Those that had not ended, or were stopped.</summary>
    Unfinished,

    /// <summary>Also those that failed, and those that were skipped because of them.</summary>
    Unsuccessful,
}

/// <summary>What is certain to be on the disk.</summary>
public enum RunDurability
{
    /// <summary>What ended survives the end of the process; a power loss may take the last moments.</summary>
    Normal,

    /// <summary>It survives a power loss, too.</summary>
    Full,
}

/// <summary>Words of states are written in camel case.</summary>
internal sealed class StateWordConverter<T>()
    : JsonStringEnumConverter<T>(System.Text.Json.JsonNamingPolicy.CamelCase, allowIntegerValues: false)
    where T : struct, System.Enum;
