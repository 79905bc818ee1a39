using System;
using System.Management.Automation;

namespace OrchestrationEngine.PowerShell.Calls;

/// <summary>What one use of ForEach-Object does. Used on its pipeline's thread, except for <see cref="Stop"/>.</summary>
internal interface IForEachObject : IDisposable
{
    /// <summary>Starts, before the first item.</summary>
    void Begin();

    /// <summary>Takes one item.</summary>
    void Process(PSObject input);

    /// <summary>Ends, after the last item.</summary>
    void End();

    /// <summary>Stops what runs. May be called on any thread.</summary>
    void Stop();
}
