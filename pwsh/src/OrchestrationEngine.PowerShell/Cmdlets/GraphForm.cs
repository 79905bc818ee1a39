namespace OrchestrationEngine.PowerShell.Cmdlets;

/// <summary>What a playbook's steps are drawn as.</summary>
public enum GraphForm
{
    /// <summary>A flow chart as text for Mermaid.</summary>
    Mermaid = 0,

    /// <summary>A graph as text for Graphviz.</summary>
    Dot = 1,

    /// <summary>A picture.</summary>
    Svg = 2,
}
