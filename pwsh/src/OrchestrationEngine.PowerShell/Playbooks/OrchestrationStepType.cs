using System.Collections;
using System.Management.Automation;

namespace OrchestrationEngine.PowerShell;

/// <summary>A type of steps that a session knows beside those of every playbook.</summary>
public sealed class OrchestrationStepType
{
    /// <summary>Initializes a new instance of the <see cref="OrchestrationStepType"/> class.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="json">What the engine is told of it.</param>
    internal OrchestrationStepType(string name, string json) => (Name, Json) = (name, json);

    /// <summary>Gets its name, as steps have it in <c>type</c>, in any case.</summary>
    public string Name { get; }

    /// <summary>Gets the script block that a step of it runs; null if it calls a command.</summary>
    public ScriptBlock? ScriptBlock { get; internal init; }

    /// <summary>Gets the command that a step of it calls; null if it runs a script block.</summary>
    public string? Command { get; internal init; }

    /// <summary>Gets what a step of it is given, by name; null if that is for the script block or the command to say.</summary>
    public IDictionary? Schema { get; internal init; }

    /// <summary>Gets what the engine is told of it.</summary>
    internal string Json { get; }

    /// <summary>Its name.</summary>
    /// <returns>The name.</returns>
    public override string ToString() => Name;
}
