using System.Management.Automation;
using System.Text.Json;
using OrchestrationEngine.Native;
using OrchestrationEngine.PowerShell.Output;
using OrchestrationEngine.PowerShell.Tasks;

namespace OrchestrationEngine.PowerShell.Cmdlets;

/// <summary>Forgets what tasks gave out that would be used again.</summary>
[Cmdlet(VerbsCommon.Clear, "OrchestrationCache", SupportsShouldProcess = true)]
public sealed class ClearOrchestrationCacheCommand : PSCmdlet
{
    /// <summary>Gets or sets how the names of the tasks begin; all, if it is not given.</summary>
    [Parameter(Position = 0)]
    [ValidateNotNullOrEmpty]
    public string? Name { get; set; }

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        var folder = StateFolder.Find(SessionState.Path.CurrentFileSystemLocation.ProviderPath);
        if (!ShouldProcess(folder, Name is null ? "Forget the results of all tasks" : $"Forget the results of tasks '{Name}…'"))
        {
            return;
        }

        try
        {
            Clear(folder);
        }
        catch (EngineException problem)
        {
            ThrowTerminatingError(problem.Status == EngineStatus.Store
                ? KeepingErrors.CacheNotCleared(problem, folder)
                : Errors.EngineRefused(problem));
        }
        catch (EngineLibraryException problem)
        {
            ThrowTerminatingError(Errors.LibraryUnusable(problem));
        }
    }

    private void Clear(string folder)
    {
        var label = Name?.ToLowerInvariant();
        var question = label is null
            ? JsonSerializer.Serialize(new { folder, ask = "clearCache" })
            : JsonSerializer.Serialize(new { folder, ask = "clearCache", label });
        var answer = JsonSerializer.Deserialize<JsonElement>(RunStore.Ask(question));
        WriteVerbose($"{answer.GetProperty("memos").GetInt64()} results in '{folder}' were forgotten.");
    }
}
