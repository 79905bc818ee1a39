using System.Collections.Generic;
using System.Management.Automation;
using OrchestrationEngine.PowerShell.Output;

namespace OrchestrationEngine.PowerShell.Runspaces;

/// <summary>What a call imports anew each time, beside what its <see cref="SessionRecipe"/> has once for all.</summary>
internal sealed record CallImports
{
    internal static CallImports None { get; } = new();

    /// <summary>Gets variables for the global scope of the workers; their values are passed by reference.</summary>
    internal IReadOnlyDictionary<string, object?> Variables { get; init; } = new Dictionary<string, object?>();

    /// <summary>Gets the version of the caller's strict mode, from 1; 0 for none.</summary>
    internal int StrictMode { get; init; }

    /// <summary>Gets the namespaces that names of types are looked for in.</summary>
    internal IReadOnlyList<string> Namespaces { get; init; } = [];

    /// <summary>Gets the statements that set up the scope of the items, or an empty text.</summary>
    internal (string Usings, string Statements) Script => (
        string.Concat(UsingLines()),
        StrictMode == 0 ? string.Empty : $"Microsoft.PowerShell.Core\\Set-StrictMode -Version {StrictMode}.0; ");

    /// <exception cref="CallRefusedException">A variable of that name is there and cannot be written.</exception>
    internal void SetVariables(PSVariableIntrinsics variables)
    {
        foreach (var (name, value) in Variables)
        {
            try
            {
                variables.Set("global:" + name, value);
            }
            catch (SessionStateException error)
            {
                throw new CallRefusedException(ImportErrors.VariableCannotBeSet(name, error));
            }
        }
    }

    private IEnumerable<string> UsingLines()
    {
        foreach (var name in Namespaces)
        {
            yield return $"using namespace {name}\n";
        }
    }
}
