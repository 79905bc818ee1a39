using System.Management.Automation;
using System.Management.Automation.Runspaces;
using System.Threading;
using Microsoft.PowerShell.Commands;
using OrchestrationEngine.PowerShell.Completers;
using OrchestrationEngine.PowerShell.Imports;
using OrchestrationEngine.PowerShell.Output;

namespace OrchestrationEngine.PowerShell.Cmdlets;

/// <content>What of the caller's session the items find in theirs.</content>
public sealed partial class InvokeParallelOrchestrationCommand
{
    /// <summary>Gets or sets the functions of the caller that items can call; wildcards are allowed.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(FunctionCompleter))]
    public string[] ImportFunction { get; set; } = [];

    /// <summary>Gets or sets the modules that each worker imports once: names with wildcards, paths, specifications.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(ModuleCompleter))]
    public ModuleSpecification[] ImportModule { get; set; } = [];

    /// <summary>Gets or sets the variables of the caller that items can read; wildcards are allowed.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(VariableCompleter))]
    public string[] ImportVariable { get; set; } = [];

    /// <summary>Gets or sets the aliases of the caller that items can use; wildcards are allowed.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(AliasCompleter))]
    public string[] ImportAlias { get; set; } = [];

    /// <summary>Gets or sets whether items find all of the caller's session that can be brought to them.</summary>
    [Parameter]
    public SwitchParameter ImportAll { get; set; }

    /// <summary>Gets or sets the state that the items' runspaces start from, instead of PowerShell's default.</summary>
    [Parameter]
    [ValidateNotNull]
    public InitialSessionState? InitialSessionState { get; set; }

    /// <summary>Gets or sets how the workers' threads take part in COM; Windows only.</summary>
    [Parameter]
    public ApartmentState ApartmentState { get; set; } = ApartmentState.Unknown;

    /// <summary>Gets or sets whether what items leave in their runspace stays for the items after them.</summary>
    [Parameter]
    public SwitchParameter NoCleanup { get; set; }

    /// <summary>Gets or sets whether each item gets a runspace that nobody used before.</summary>
    [Parameter]
    public SwitchParameter UseNewRunspace { get; set; }

    private void RefuseToKeepNewRunspaces()
    {
        var keeps = NoCleanup ? nameof(NoCleanup)
            : Stateful ? nameof(Stateful)
            : Begin is not null ? nameof(Begin)
            : End is not null ? nameof(End)
            : Finally is not null ? nameof(Finally)
            : null;
        if (UseNewRunspace && keeps is not null)
        {
            ThrowTerminatingError(StageErrors.NewRunspacesKeepNothing(keeps));
        }
    }

    private ImportOptions ReadImports() => new()
    {
        Functions = ImportFunction,
        Modules = ImportModule,
        Variables = ImportVariable,
        Aliases = ImportAlias,
        All = ImportAll,
        State = InitialSessionState,
        ApartmentState = ApartmentState,
    };
}
