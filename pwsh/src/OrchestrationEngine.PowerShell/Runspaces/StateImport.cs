using System;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation.Runspaces;
using System.Runtime.CompilerServices;

namespace OrchestrationEngine.PowerShell.Runspaces;

/// <summary>
/// An initial session state of the caller's own. Equal to another if it is the same object and has the same entries: one
/// that was changed since is another state.
/// </summary>
internal sealed class StateImport : IEquatable<StateImport>
{
    private readonly InitialSessionState _state;
    private readonly int _entries;

    internal StateImport(InitialSessionState state)
    {
        _state = state;
        _entries = HashEntries(state);
    }

    /// <summary>Makes a copy that the workers can be given, in which nothing fails silently.</summary>
    internal InitialSessionState Copy()
    {
        var copy = _state.Clone();
        copy.ThrowOnRunspaceOpenError = true;
        return copy;
    }

    /// <inheritdoc/>
    public bool Equals(StateImport? other) =>
        other is not null && ReferenceEquals(_state, other._state) && _entries == other._entries;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as StateImport);

    /// <inheritdoc/>
    public override int GetHashCode() => _entries;

    // An entry cannot be changed, only put in and taken out; so it stands for its content.
    private static int HashEntries(InitialSessionState state)
    {
        var hash = default(HashCode);
        foreach (var entry in Entries(state))
        {
            hash.Add(RuntimeHelpers.GetHashCode(entry));
        }

        hash.Add(state.LanguageMode);
        return hash.ToHashCode();
    }

    private static IEnumerable<object> Entries(InitialSessionState state) =>
        state.Commands.Cast<object>()
            .Concat(state.Variables)
            .Concat(state.EnvironmentVariables)
            .Concat(state.Providers)
            .Concat(state.Types)
            .Concat(state.Formats)
            .Concat(state.Assemblies)
            .Concat(state.StartupScripts)
            .Concat(state.Modules);
}
