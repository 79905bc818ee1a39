namespace OrchestrationEngine.PowerShell.Output;

/// <summary>What an item gives out: the kinds of the events between a worker and the pipeline thread.</summary>
internal enum OutputKind
{
    /// <summary>An object of the success stream.</summary>
    Output = 1,

    /// <summary>An error record that did not end the item.</summary>
    Error,

    /// <summary>A warning record.</summary>
    Warning,

    /// <summary>A verbose record.</summary>
    Verbose,

    /// <summary>A debug record.</summary>
    Debug,

    /// <summary>An information record, which is also what Write-Host writes.</summary>
    Information,

    /// <summary>A progress record.</summary>
    Progress,

    /// <summary>The error record that ended the item.</summary>
    Failure,

    /// <summary>The number of the worker that starts the item; told only to who follows single items.</summary>
    Started,
}
