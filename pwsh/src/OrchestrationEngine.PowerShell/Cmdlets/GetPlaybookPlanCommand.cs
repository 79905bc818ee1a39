using System.Collections;
using System.Management.Automation;
using System.Text.Json;
using OrchestrationEngine.Native;
using OrchestrationEngine.PowerShell.Completers;
using OrchestrationEngine.PowerShell.Output;
using OrchestrationEngine.PowerShell.Playbooks;
using OrchestrationEngine.PowerShell.Tasks;

namespace OrchestrationEngine.PowerShell.Cmdlets;

/// <summary>Says what a playbook would do: which steps, in which waves. Nothing in it runs.</summary>
[Cmdlet(VerbsCommon.Get, "PlaybookPlan", DefaultParameterSetName = NameSet)]
[OutputType(typeof(PlaybookPlan))]
public sealed class GetPlaybookPlanCommand : PlaybookDefinitionCommand
{
    private const string PathSet = "Path";

    /// <summary>Gets or sets the path of the file, taken literally.</summary>
    [Parameter(Mandatory = true, ParameterSetName = PathSet)]
    [ValidateNotNullOrEmpty]
    [Alias("LiteralPath")]
    public string Path { get; set; } = null!;

    /// <summary>Gets or sets what it is told, by name.</summary>
    [Parameter]
    [ValidateNotNull]
    public IDictionary? Parameters { get; set; }

    /// <summary>Gets or sets the environment that it would run in.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(EnvironmentContextCompleter))]
    public string? EnvironmentContext { get; set; }

    /// <summary>Gets or sets how steps follow each other that do not say it themselves.</summary>
    [Parameter]
    [ValidateSet("sequential", "parallel", "conditional")]
    public string? ExecutionMode { get; set; }

    /// <summary>Gets or sets the profile that it would take variables from.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Profile { get; set; }

    /// <summary>Gets or sets how many steps would run at once.</summary>
    [Parameter]
    [ValidateRange(0, Engine.WorkerLimit)]
    [ArgumentCompleter(typeof(ThrottleLimitCompleter))]
    public int ThrottleLimit { get; set; }

    /// <inheritdoc/>
    private protected override PlaybookSource Find() => ParameterSetName == PathSet ? FindFile(Path) : base.Find();

    /// <inheritdoc/>
    private protected override void Process(PlaybookSource source)
    {
        var plan = new PlaybookPlan(PlaybookQuestion.Ask("plan", source, WriteWishes), source);
        foreach (var warning in plan.Warnings)
        {
            WriteWarning(warning.ToString());
        }

        foreach (var error in plan.Errors)
        {
            WriteError(PlaybookErrors.NotUsable(error));
        }

        WriteObject(plan);
    }

    private void WriteWishes(Utf8JsonWriter json)
    {
        WriteTable(json, "parameters", Parameters, "-Parameters");
        WriteText(json, "environment", EnvironmentContext);
        WriteText(json, "mode", ExecutionMode);
        WriteText(json, "profile", Profile);
        WriteText(json, "state", StateFolder.Find(Location));
        if (ThrottleLimit > 0)
        {
            json.WriteNumber("maxConcurrency", ThrottleLimit);
        }
    }

    private static void WriteText(Utf8JsonWriter json, string key, string? text)
    {
        if (text is not null)
        {
            json.WriteString(key, text);
        }
    }
}
