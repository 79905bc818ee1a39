using System.Collections;
using System.Collections.Specialized;
using System.Management.Automation;
using OrchestrationEngine.PowerShell.Completers;
using OrchestrationEngine.PowerShell.Playbooks;

namespace OrchestrationEngine.PowerShell.Cmdlets;

/// <summary>Makes a step that runs a command, a script block or a script. Nothing runs before the playbook does.</summary>
[Cmdlet(VerbsCommon.New, "ScriptStep", DefaultParameterSetName = CommandSet)]
[OutputType(typeof(OrderedDictionary))]
public sealed class NewScriptStepCommand : PlaybookStepCommand
{
    private const string CommandSet = "Command";
    private const string BlockSet = "ScriptBlock";
    private const string PathSet = "Path";

    /// <summary>Gets or sets the command; {{name}} in it stands for the value of a parameter or variable.</summary>
    [Parameter(Mandatory = true, Position = 1, ParameterSetName = CommandSet)]
    [ValidateNotNullOrEmpty]
    public string Command { get; set; } = string.Empty;

    /// <summary>Gets or sets the shell that runs the command.</summary>
    [Parameter(ParameterSetName = CommandSet)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(ShellCompleter))]
    public string Shell { get; set; } = "powershell";

    /// <summary>Gets or sets a script block to run; its text is what is kept.</summary>
    [Parameter(Mandatory = true, ParameterSetName = BlockSet)]
    [ValidateNotNull]
    public ScriptBlock? ScriptBlock { get; set; }

    /// <summary>Gets or sets the script to run: a path, a number or a name.</summary>
    [Parameter(Mandatory = true, ParameterSetName = PathSet)]
    [ValidateNotNullOrEmpty]
    [Alias("Script")]
    [ArgumentCompleter(typeof(ScriptCompleter))]
    public string? Path { get; set; }

    /// <summary>Gets or sets when the step runs.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Condition { get; set; }

    /// <summary>Gets or sets what it is given, by name.</summary>
    [Parameter]
    [ValidateNotNull]
    public IDictionary? Parameters { get; set; }

    /// <summary>Gets or sets environment variables of its own.</summary>
    [Parameter]
    [ValidateNotNull]
    public IDictionary? Environment { get; set; }

    /// <summary>Gets or sets whether PowerShell runs it in a runspace of the session, or in a process of its own kind.</summary>
    [Parameter]
    [ValidateSet("Runspace", "Process")]
    public string? Isolation { get; set; }

    /// <summary>Gets or sets the exit codes that mean success; 0 alone, if they are not given.</summary>
    [Parameter]
    [ValidateNotNull]
    public int[] SuccessCodes { get; set; } = [];

    /// <summary>Gets or sets what it runs once for each of: values, or the name of a variable that holds them.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public object[] ForEach { get; set; } = [];

    /// <summary>Gets or sets how often it is tried again.</summary>
    [Parameter]
    [ValidateRange(0, int.MaxValue - 1)]
    [Alias("Retry")]
    public int RetryCount { get; set; }

    /// <summary>Gets or sets how many seconds it waits before that.</summary>
    [Parameter]
    [ValidateRange(0.0, MaximumSeconds)]
    public double RetryDelay { get; set; }

    /// <summary>Gets or sets steps that undo it, if something after it fails.</summary>
    [Parameter]
    [ValidateNotNull]
    public IDictionary[] Rollback { get; set; } = [];

    /// <inheritdoc/>
    private protected override void Describe(OrderedDictionary step)
    {
        step.Add("type", "script");
        step.AddIfGiven("condition", Condition);
        switch (ParameterSetName)
        {
            case BlockSet:
                step.Add("inline", ScriptBlock);
                break;
            case PathSet:
                step.Add("script", Path);
                break;
            default:
                step.Add("command", Command);
                step.Add("shell", Shell);
                break;
        }

        step.AddIfGiven("parameters", Parameters);
        step.AddIfGiven("environment", Environment);
        step.AddIfGiven("isolation", Isolation);
        step.AddIfGiven("successCodes", SuccessCodes);
        step.AddIfGiven("forEach", ForEach is [string name] ? name : ForEach);
        step.AddIfGiven("retryCount", RetryCount);
        step.AddIfGiven("retryDelay", RetryDelay);
        step.AddIfGiven("rollback", Rollback);
    }
}
