namespace OrchestrationEngine.PowerShell;

/// <summary>How the wait before the next attempt of an item grows.</summary>
public enum RetryBackoff
{
    /// <summary>It stays the same.</summary>
    Fixed,

    /// <summary>It doubles with each attempt, up to one hour.</summary>
    Exponential,
}
