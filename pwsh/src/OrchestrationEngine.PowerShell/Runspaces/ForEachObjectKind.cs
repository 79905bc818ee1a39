namespace OrchestrationEngine.PowerShell.Runspaces;

/// <summary>What the command ForEach-Object is in a session, and so in the items of its calls.</summary>
internal enum ForEachObjectKind
{
    /// <summary>PowerShell's own.</summary>
    Original,

    /// <summary>The one of this module, with what it does better.</summary>
    Improved,

    /// <summary>The one of this module, which also refuses and names what PowerShell's own does.</summary>
    Strict,
}
