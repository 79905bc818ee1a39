namespace OrchestrationEngine.PowerShell.Cmdlets;

/// <summary>How a playbook's file is written.</summary>
public enum PlaybookForm
{
    /// <summary>As PowerShell's data, with comments and script blocks.</summary>
    Psd1 = 0,

    /// <summary>As JSON.</summary>
    Json = 1,

    /// <summary>As YAML.</summary>
    Yaml = 2,
}
