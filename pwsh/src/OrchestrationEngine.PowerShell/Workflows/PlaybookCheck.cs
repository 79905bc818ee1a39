using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Management.Automation;
using System.Management.Automation.Runspaces;
using System.Text.Json;
using OrchestrationEngine.Native;
using OrchestrationEngine.PowerShell.Output;
using OrchestrationEngine.PowerShell.Playbooks;
using OrchestrationEngine.PowerShell.Runspaces;

namespace OrchestrationEngine.PowerShell.Workflows;

/// <summary>Looks at what a playbook would do before it does.</summary>
internal sealed class PlaybookCheck
{
    private readonly JsonElement _plan;
    private readonly IReadOnlyList<PlaybookDiagnostic> _diagnostics;

    private PlaybookCheck(JsonElement plan, PlaybookSource source) =>
        (_plan, _diagnostics) = (plan, PlaybookDiagnostic.Read(plan, source));

    /// <summary>Gets what keeps it from running.</summary>
    internal IReadOnlyList<PlaybookDiagnostic> Errors => _diagnostics.Where(it => !it.IsWarning).ToArray();

    /// <summary>Gets what is odd in it.</summary>
    internal IEnumerable<PlaybookDiagnostic> Warnings => _diagnostics.Where(it => it.IsWarning);

    /// <summary>Looks at a playbook.</summary>
    /// <exception cref="CallRefusedException">There is none of that name, or a value for it cannot be written.</exception>
    internal static PlaybookCheck Of(PlaybookSource source, WorkflowRequest request)
    {
        try
        {
            return new PlaybookCheck(PlaybookQuestion.Ask("plan", source, request.WriteWishes), source);
        }
        catch (EngineException problem) when (WorkflowErrors.Refused(problem, request) is { } refused)
        {
            throw new CallRefusedException(refused);
        }
    }

    /// <summary>Writes what is odd, and refuses a playbook that cannot be used.</summary>
    /// <exception cref="CallRefusedException">It cannot be used.</exception>
    internal void Pass(PSCmdlet cmdlet, WorkflowRequest request)
    {
        if (Errors.Count > 0)
        {
            throw new CallRefusedException(WorkflowErrors.PlaybookRefused(Errors, request));
        }

        if (MissingModules(cmdlet) is { Length: > 0 } missing)
        {
            throw new CallRefusedException(WorkflowErrors.ModulesMissing(missing));
        }

        WriteWarnings(cmdlet);
    }

    /// <summary>
    /// Asks the person at the console for what the playbook needs an approval of, each step by itself. Where nobody could
    /// answer, nobody is asked, and the engine refuses what nobody has agreed to.
    /// </summary>
    /// <returns>Whether there was somebody, who agreed to all.</returns>
    internal bool Approve(PSCmdlet cmdlet)
    {
        var steps = _plan.List("steps").Where(step => step.Text("approval") is not null).ToArray();
        if (steps.Length == 0 || Console.IsInputRedirected)
        {
            return false;
        }

        try
        {
            return Array.TrueForAll(steps, step => cmdlet.ShouldContinue(
                $"{step.Text("approval")} ({step.Text("path")})", $"The playbook '{_plan.Text("name")}' needs your approval"));
        }
        catch (InvalidOperationException)
        {
            // pwsh was started with -NonInteractive.
            return false;
        }
    }

    // The modules that the playbook says it needs, and that no step could import.
    private string[] MissingModules(PSCmdlet cmdlet)
    {
        var folders = _plan.Texts("modulePath");
        var location = cmdlet.SessionState.Path.CurrentFileSystemLocation.ProviderPath;
        bool IsThere(string name)
        {
            var places = folders.Select(folder => Path.Combine(location, folder, name)).Append(Path.Combine(location, name));
            var isPath = name.AsSpan().IndexOfAny('/', '\\') >= 0;
            return places.Take(isPath ? int.MaxValue : folders.Length).Any(place => Directory.Exists(place) || File.Exists(place))
                || (!isPath && IsInstalled(cmdlet, name));
        }

        return _plan.Texts("modules").Where(name => !IsThere(name)).ToArray();
    }

    private static bool IsInstalled(PSCmdlet cmdlet, string name)
    {
        const string Question = "param($name) (Get-Module -Name $name) -or (Get-Module -ListAvailable -Name $name)";
        var answer = cmdlet.InvokeCommand.InvokeScript(Question, true, PipelineResultTypes.None, null, name);
        return LanguagePrimitives.IsTrue(answer.FirstOrDefault());
    }

    /// <summary>Writes the workflow that there would be.</summary>
    internal void WritePlanned(Cmdlet cmdlet, WorkflowRequest request)
    {
        WriteWarnings(cmdlet);
        var steps = _plan.List("steps").ToArray();
        var errors = Errors.Count > 0 ? new[] { WorkflowErrors.PlaybookRefused(Errors, request) } : [];
        var workflow = new PlaybookWorkflow(new WorkflowState
        {
            Id = request.Id ?? string.Empty,
            Name = _plan.Text("name") ?? request.Title,
            Status = errors.Length == 0 ? RunStatus.Completed : RunStatus.Failed,
            Success = errors.Length == 0,
            IsDryRun = true,
            TotalSteps = steps.Count(step => !IsGroup(step)),
            Errors = errors,
            Duration = TimeSpan.Zero,
        });
        for (var place = 0; place < steps.Length; place++)
        {
            workflow.Add(new PlaybookStepResult(place + 1, steps[place].Text("path") ?? string.Empty)
            {
                StepType = steps[place].Text("kind"),
                IsGroup = IsGroup(steps[place]),
            });
        }

        foreach (var error in errors)
        {
            cmdlet.WriteError(error);
        }

        cmdlet.WriteObject(workflow);
    }

    private static bool IsGroup(JsonElement step) => step.Text("kind") == "steps";

    private void WriteWarnings(Cmdlet cmdlet)
    {
        foreach (var warning in Warnings)
        {
            cmdlet.WriteWarning(warning.ToString());
        }
    }
}
