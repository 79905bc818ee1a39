using System;
using System.Management.Automation.Internal;
using System.Reflection;

namespace OrchestrationEngine.PowerShell.Runspaces;

/// <summary>
/// What PowerShell has and does not offer: members that are not public, found by name. Another PowerShell may not have
/// them, so whoever uses one has a way without it, too.
/// </summary>
/// <remarks>The AppContext switch <c>OrchestrationEngine.PublicApiOnly</c> asks for those other ways always.</remarks>
internal static class HiddenMembers
{
    /// <summary>Where those of objects are found.</summary>
    internal const BindingFlags OfObjects = BindingFlags.Instance | BindingFlags.NonPublic;

    /// <summary>Where those of types are found.</summary>
    internal const BindingFlags OfTypes = BindingFlags.Static | BindingFlags.NonPublic;

    private const string PublicApiOnly = "OrchestrationEngine.PublicApiOnly";

    /// <summary>Gets a value indicating whether to go without them.</summary>
    internal static bool AreOff => AppContext.TryGetSwitch(PublicApiOnly, out var isOn) && isOn;

    /// <summary>Gets by what a command knows the session that it runs in; null if it is not found.</summary>
    internal static PropertyInfo? Context { get; } = typeof(InternalCommand).GetProperty("Context", OfObjects);

    /// <summary>Finds a method of objects.</summary>
    /// <typeparam name="TDelegate">Its signature, with the object first.</typeparam>
    /// <param name="type">The class that has it.</param>
    /// <param name="name">Its name.</param>
    /// <param name="parameters">The types of its parameters; none if there is but one method of the name.</param>
    /// <returns>Null if there is none that fits.</returns>
    internal static TDelegate? Method<TDelegate>(Type type, string name, params Type[] parameters)
        where TDelegate : Delegate
    {
        var method = parameters.Length == 0
            ? type.GetMethod(name, OfObjects)
            : type.GetMethod(name, OfObjects, binder: null, parameters, modifiers: null);
        return method is null
            ? null
            : (TDelegate?)Delegate.CreateDelegate(typeof(TDelegate), method, throwOnBindFailure: false);
    }
}
