using System;
using System.Collections.Generic;
using System.Globalization;

namespace OrchestrationEngine.PowerShell.Playbooks;

/// <summary>Where in a tree of tables and lists somebody is: <c>steps[2].parallel[0].name</c>.</summary>
internal sealed class DefinitionPath
{
    // A message stays readable.
    private const int MostLetters = 40;

    private readonly string _owner;
    private readonly List<string> _parts = [];

    /// <summary>Begins at the root.</summary>
    /// <param name="owner">What a message calls the tree: <c>The definition</c>, <c>-Parameters</c>.</param>
    internal DefinitionPath(string owner) => _owner = owner;

    /// <summary>Goes to the entry of a key, and comes back at the end of a block.</summary>
    internal Step Enter(string key) =>
        Add((_parts.Count > 0 ? "." : string.Empty) + (key.Length > MostLetters ? key[..MostLetters] + "…" : key));

    /// <summary>Goes to an item of a list, and comes back at the end of a block.</summary>
    internal Step Enter(int index) => Add($"[{index.ToString(CultureInfo.InvariantCulture)}]");

    /// <summary>The tree and the place in it, as a message begins.</summary>
    public override string ToString() => _parts.Count > 0 ? $"{_owner}: {string.Concat(_parts)}" : _owner;

    private Step Add(string part)
    {
        _parts.Add(part);
        return new Step(_parts);
    }

    /// <summary>A step into the tree; its end is the way back.</summary>
    internal readonly struct Step(List<string> parts) : IDisposable
    {
        /// <inheritdoc/>
        public void Dispose() => parts.RemoveAt(parts.Count - 1);
    }
}
