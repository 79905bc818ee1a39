using System;
using System.Collections;
using System.Linq;
using System.Management.Automation;
using OrchestrationEngine.PowerShell.Output;

namespace OrchestrationEngine.PowerShell.Runspaces;

/// <summary>
/// Finds instances of PowerShell classes that are bound to the runspace which defined them: their methods run there,
/// whoever calls them, and hang if nobody answers there.
/// </summary>
internal static class ClassAffinity
{
    [ThreadStatic]
    private static (Type? Type, bool IsBound) _last;

    /// <summary>Whether a value, or an element of a collection or custom object, is such an instance.</summary>
    internal static bool IsBound(object? value)
    {
        var plain = PlainValue.Of(value);
        return plain switch
        {
            null or string => false,
            IDictionary map => map.Values.Cast<object?>().Any(IsBoundItself),
            ICollection list => Holds(list),
            PSCustomObject => ((PSObject)value!).Properties.OfType<PSNoteProperty>().Any(note => IsBoundItself(note.Value)),
            _ => IsBoundType(plain.GetType()),
        };
    }

    // Of a sealed type there is nothing else in an array: millions of bytes need no look each.
    private static bool Holds(ICollection list) =>
        list is Array && list.GetType().GetElementType() is { IsSealed: true } element
            ? list.Count > 0 && IsBoundType(element)
            : list.Cast<object?>().Any(IsBoundItself);

    private static bool IsBoundItself(object? value)
    {
        var plain = PlainValue.Of(value);
        return plain is not null && IsBoundType(plain.GetType());
    }

    private static bool IsBoundType(Type type)
    {
        if (_last.Type != type)
        {
            _last = (type, LooksBound(type));
        }

        return _last.IsBound;
    }

    // By name: the attribute came with PowerShell 7.4 and is not in the reference assembly.
    private static bool LooksBound(Type type) =>
        type.Assembly.IsDynamic
        && type.Assembly.GetName().Name == "PowerShell Class Assembly"
        && !type.GetCustomAttributes(inherit: false).Any(
            attribute => attribute.GetType().FullName == "System.Management.Automation.Language.NoRunspaceAffinityAttribute");
}
