using System.Collections.ObjectModel;
using System.Management.Automation;
using System.Management.Automation.Host;
using OrchestrationEngine.PowerShell.Reports;

namespace OrchestrationEngine.PowerShell.Calls;

/// <summary>The session on whose behalf a call is made, as far as the thread that feeds the call can use it.</summary>
internal interface ICaller
{
    /// <summary>Gets the host of the session, or of the outermost one for a nested call; null if there is none.</summary>
    PSHost? Host => null;

    /// <summary>Gets where progress can be seen; null for nowhere.</summary>
    IProgressDisplay? ProgressDisplay => null;

    /// <summary>Counts the inputs that will come; null if that cannot be known before they have.</summary>
    long? CountInput() => null;

    /// <summary>Lets the session run the methods of its classes that workers have called.</summary>
    void AnswerClassMethods();

    /// <summary>Runs a script block of the caller for one object, which it finds in $_.</summary>
    /// <returns>Its output.</returns>
    /// <exception cref="RuntimeException">The script block has thrown.</exception>
    Collection<PSObject> Invoke(ScriptBlock script, object? item);
}
