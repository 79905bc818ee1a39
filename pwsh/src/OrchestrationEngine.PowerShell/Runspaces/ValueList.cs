using System;
using System.Collections;
using System.Collections.Generic;
using System.Linq;

namespace OrchestrationEngine.PowerShell.Runspaces;

/// <summary>A list that never changes and is equal to another if its elements are, in their order.</summary>
internal sealed class ValueList<T> : IReadOnlyList<T>, IEquatable<ValueList<T>>
    where T : notnull
{
    private readonly T[] _elements;
    private readonly int _hash;

    internal ValueList(IEnumerable<T> elements)
    {
        _elements = elements.ToArray();
        foreach (var element in _elements)
        {
            _hash = HashCode.Combine(_hash, element);
        }
    }

    internal static ValueList<T> Empty { get; } = new([]);

    /// <inheritdoc/>
    public int Count => _elements.Length;

    /// <inheritdoc/>
    public T this[int index] => _elements[index];

    /// <inheritdoc/>
    public bool Equals(ValueList<T>? other) =>
        ReferenceEquals(this, other)
        || (other is not null && _hash == other._hash && _elements.AsSpan().SequenceEqual(other._elements));

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as ValueList<T>);

    /// <inheritdoc/>
    public override int GetHashCode() => _hash;

    /// <inheritdoc/>
    public IEnumerator<T> GetEnumerator() => _elements.AsEnumerable().GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
