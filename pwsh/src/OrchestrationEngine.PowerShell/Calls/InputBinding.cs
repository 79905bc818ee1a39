using System;
using System.Collections;
using System.Linq;
using System.Management.Automation;
using System.Reflection;
using OrchestrationEngine.PowerShell.Runspaces;

namespace OrchestrationEngine.PowerShell.Calls;

/// <summary>
/// Shortens the way of pipeline input into a cmdlet with many parameters. For each object PowerShell looks through all
/// parameters without a value, up to seven times, for one that takes it. With more than forty of them this was 60 % of
/// what the pipeline thread did for a small item.
/// </summary>
/// <remarks>
/// Once input flows, a parameter that takes none from the pipeline and is never mandatory decides nothing any more. The
/// list is not public in PowerShell (ParameterBinderController.UnboundParameters); where it is not found, and with the
/// AppContext switch <c>OrchestrationEngine.PublicApiOnly</c>, everything stays as it is.
/// </remarks>
internal sealed class InputBinding(PSCmdlet cmdlet)
{
    // To find the list takes as long as is gained by several hundred inputs.
    private const int WorthItFrom = 500;
    private const BindingFlags Hidden = HiddenMembers.OfObjects | BindingFlags.Public;

    private int _count;

    /// <summary>Says that an input has come; to be called while the cmdlet processes it.</summary>
    internal void Count()
    {
        if (++_count == WorthItFrom && !HiddenMembers.AreOff)
        {
            Shorten();
        }
    }

    private void Shorten()
    {
        var processor = Read(Read(cmdlet, "Context"), "CurrentCommandProcessor");
        if (!ReferenceEquals(Read(processor, "Command"), cmdlet))
        {
            return;
        }

        var controller = Read(processor, "CmdletParameterBinderController");
        if (Find(controller, "UnboundParameters") is not { CanWrite: true } property
            || property.GetValue(controller) is not IList unbound)
        {
            return;
        }

        // A list of its own: the other may be looked through at this moment.
        var left = (IList)Activator.CreateInstance(unbound.GetType())!;
        foreach (var parameter in unbound.Cast<object>().Where(MayDecide))
        {
            left.Add(parameter);
        }

        property.SetValue(controller, left);
    }

    // What says neither "no" may be anything.
    private static bool MayDecide(object merged)
    {
        var parameter = Read(merged, "Parameter");
        return Read(parameter, "IsPipelineParameterInSomeParameterSet") is not false
            || Read(parameter, "IsMandatoryInSomeParameterSet") is not false;
    }

    private static object? Read(object? from, string name) => Find(from, name)?.GetValue(from);

    private static PropertyInfo? Find(object? on, string name) => on?.GetType().GetProperty(name, Hidden);
}
