namespace OrchestrationEngine.PowerShell;

/// <summary>What may happen in a workflow.</summary>
public enum PlaybookEventKind
{
    /// <summary>An attempt at a step has begun.</summary>
    Started = 1,

    /// <summary>A step has put something out; told before its end.</summary>
    Output,

    /// <summary>An attempt has failed, and another follows.</summary>
    Retrying,

    /// <summary>A step has ended.</summary>
    Ended,

    /// <summary>The playbook wants to have something told.</summary>
    Notice,

    /// <summary>Something went wrong besides the steps.</summary>
    Warning,

    /// <summary>The workflow is over.</summary>
    Over,
}
