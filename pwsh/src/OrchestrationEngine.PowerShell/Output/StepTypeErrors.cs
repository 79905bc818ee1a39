using System.Collections.Generic;
using System.Management.Automation;
using OrchestrationEngine.Native;

namespace OrchestrationEngine.PowerShell.Output;

/// <summary>The errors of types of steps that a session registers.</summary>
internal static class StepTypeErrors
{
    /// <summary>The engine refused a type; its text ends in its advice.</summary>
    internal static ErrorRecord Refused(EngineException problem, string name)
    {
        var text = problem.Message;
        var place = text.TrimEnd('.').LastIndexOf(". ", System.StringComparison.Ordinal);
        var (what, advice) = place < 0 ? (text, "See Get-Help Register-OrchestrationStepType.") : (text[..(place + 1)], text[(place + 2)..]);
        return Errors.Advise(
            new PSArgumentException($"The type of steps was not registered: {what}", problem),
            "StepTypeRefused",
            ErrorCategory.InvalidArgument,
            name,
            advice);
    }

    internal static ErrorRecord SchemaInvalid(string parameter) => Errors.Advise(
        new PSArgumentException($"-Schema says of '{parameter}' neither a type nor a table that declares it."),
        "StepTypeSchemaInvalid",
        ErrorCategory.InvalidArgument,
        parameter,
        "Write @{ Url = 'string' }, or @{ Url = @{ type = 'string'; required = $true } }.");

    internal static ErrorRecord BlockIsFunction(string name) => Errors.Advise(
        new PSArgumentException("-ScriptBlock is the body of a function, whose parameters do not come along."),
        "StepTypeIsFunction",
        ErrorCategory.InvalidArgument,
        name,
        "Name the function by -Command.");

    internal static ErrorRecord UsesVariable(string expression) => Errors.Advise(
        new PSArgumentException($"The script block of a type of steps cannot have '{expression}': it is run by its text, later."),
        "StepTypeUsesVariable",
        ErrorCategory.InvalidArgument,
        expression,
        "Declare a parameter, and give it the value in the step's parameters.");

    internal static ErrorRecord NotRegistered(string name, IEnumerable<string> names)
    {
        var nearest = NearestName.Find(name, names);
        return Errors.Advise(
            new ItemNotFoundException($"There is no type of steps '{name}' in this session."
                + (nearest is null ? string.Empty : $" Did you mean '{nearest}'?")),
            "StepTypeNotRegistered",
            ErrorCategory.ObjectNotFound,
            name,
            "Get-OrchestrationStepType lists those that there are.");
    }
}
