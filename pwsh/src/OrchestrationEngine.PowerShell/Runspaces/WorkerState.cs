using System.Management.Automation.Runspaces;
using OrchestrationEngine.PowerShell.Cmdlets;

namespace OrchestrationEngine.PowerShell.Runspaces;

/// <summary>Makes the initial state that the runspaces of a pool are opened with.</summary>
internal static class WorkerState
{
    internal static InitialSessionState Create(SessionRecipe recipe)
    {
        var state = recipe.State?.Copy() ?? InitialSessionState.CreateDefault2();
        state.LanguageMode = recipe.Mode;
        state.Types.Add(OrchestrationContext.CreateTypeEntry());
        Add<InvokeParallelOrchestrationCommand>(state, "Invoke-ParallelOrchestration");
        Add<GetOrchestrationPoolCommand>(state, "Get-OrchestrationPool");
        Add<ClearOrchestrationPoolCommand>(state, "Clear-OrchestrationPool");
        Add<RunItemCommand>(state, WorkerPipeline.Runner);
        if (recipe.ForEachObject != ForEachObjectKind.Original)
        {
            ReplaceForEachObject(state);
        }

        foreach (var alias in recipe.Aliases)
        {
            state.Commands.Remove(alias.Name, typeof(SessionStateAliasEntry));
            state.Commands.Add(new SessionStateAliasEntry(alias.Name, alias.Definition));
        }

        return state;
    }

    private static void ReplaceForEachObject(InitialSessionState state)
    {
        state.Commands.Remove(ForEachObjectProxy.CommandName, typeof(SessionStateCmdletEntry));
        state.Commands.Add(new SessionStateCmdletEntry(
            ForEachObjectProxy.CommandName, ForEachObjectProxy.CommandType, helpFileName: null));
    }

    private static void Add<T>(InitialSessionState state, string name) =>
        state.Commands.Add(new SessionStateCmdletEntry(name, typeof(T), helpFileName: null));
}
