namespace OrchestrationEngine.PowerShell;

/// <summary>What a run is drawn as.</summary>
public enum RunForm
{
    /// <summary>A chart for the terminal.</summary>
    Text,

    /// <summary>A picture.</summary>
    Svg,

    /// <summary>A page with the picture and a table.</summary>
    Html,

    /// <summary>A Gantt chart as Mermaid's text.</summary>
    Mermaid,

    /// <summary>A time line for chrome://tracing and Perfetto.</summary>
    Trace,
}
