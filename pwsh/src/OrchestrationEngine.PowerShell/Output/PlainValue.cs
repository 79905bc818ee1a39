using System.Management.Automation;

namespace OrchestrationEngine.PowerShell.Output;

/// <summary>Takes off the wrapper that PowerShell puts round objects.</summary>
internal static class PlainValue
{
    /// <summary>The object itself, whether it is wrapped or not. An object that has nothing but its wrapper stays as it is.</summary>
    internal static object? Of(object? value) => value is PSObject wrapped ? wrapped.BaseObject : value;
}
