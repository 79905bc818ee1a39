using System;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using System.Text.Json;
using OrchestrationEngine.Native;
using OrchestrationEngine.PowerShell.Output;
using OrchestrationEngine.PowerShell.Playbooks;

namespace OrchestrationEngine.PowerShell.Workflows;

/// <summary>The workflows that are kept in a folder, also those of other processes.</summary>
/// <param name="folder">The full path of the folder.</param>
internal sealed class WorkflowStore(string folder)
{
    private const string Group = "graph";

    /// <summary>How many are listed.</summary>
    private const int MostListed = 200;

    /// <summary>The latest of them, the latest first, without what came of each step.</summary>
    /// <exception cref="EngineException">The folder cannot be read.</exception>
    internal IReadOnlyList<PlaybookWorkflow> List()
    {
        var answer = Ask(new { folder, ask = "runs", limit = MostListed });
        return answer.List("runs").Select(run => new PlaybookWorkflow(StateOf(run))).ToArray();
    }

    /// <summary>One of them.</summary>
    /// <param name="id">Its id, or the name of its playbook for the latest of it.</param>
    /// <exception cref="EngineException">The folder cannot be read, or there is none of that id.</exception>
    internal PlaybookWorkflow Find(string id)
    {
        var answer = Ask(new { folder, ask = "run", run = id });
        var tasks = answer.List("tasks").ToArray();
        var begun = tasks.Where(task => task.Text("kind") != Group && task.Text("state") != "Waiting").ToArray();
        var workflow = new PlaybookWorkflow(StateOf(answer.GetProperty("run")) with
        {
            CurrentStep = begun.Length,
            TotalSteps = tasks.Count(task => task.Text("kind") != Group),
            StepsExecuted = begun.Count(task => task.List("attempts").Any()),
        });
        for (var place = 0; place < tasks.Length; place++)
        {
            if (tasks[place].Text("state") != "Waiting")
            {
                workflow.Add(ResultOf(place + 1, tasks[place]));
            }
        }

        var failed = workflow.Results.Where(step => step is { IsGroup: false, Status: PlaybookStepStatus.Failed or PlaybookStepStatus.TimedOut });
        var errors = failed.OrderBy(step => step.StartTime + step.Duration).Select(WorkflowErrors.StepFailed).ToArray();
        workflow.Become(state => state.Success ? state : state with { Errors = errors });
        return workflow;
    }

    /// <summary>Asks whichever process runs one to stop it.</summary>
    /// <param name="id">Its id.</param>
    /// <exception cref="EngineException">The folder cannot be written, or there is none of that id.</exception>
    internal void RequestStop(string id) => Ask(new { folder, ask = "stop", run = id });

    private static JsonElement Ask(object question) =>
        JsonSerializer.Deserialize<JsonElement>(RunStore.Ask(JsonSerializer.Serialize(question)));

    private static WorkflowState StateOf(JsonElement run)
    {
        var status = Enum.Parse<RunStatus>(run.Text("status")!);
        var (succeeded, failed) = (run.Count("succeeded") ?? 0, run.Count("failed") ?? 0);
        return new WorkflowState
        {
            Id = run.Text("id")!,
            Name = run.Text("name")!,
            Status = status,
            Success = status == RunStatus.Completed && failed == 0,
            Reason = run.Text("reason"),
            StartTime = TimeOf(run, "begun") ?? DateTime.MinValue,
            Duration = run.Number("durationSeconds") is { } seconds ? TimeSpan.FromSeconds(seconds) : null,
            CurrentStep = run.Count("tasks") ?? 0,
            TotalSteps = run.Count("tasks") ?? 0,
            StepsExecuted = succeeded + failed,
        };
    }

    private static PlaybookStepResult ResultOf(int number, JsonElement task)
    {
        var name = task.Text("name")!;
        var output = task.TryGetProperty("output", out var stored) ? stored : default;
        var streams = task.List("attempts").LastOrDefault() is { ValueKind: JsonValueKind.Object } last ? StreamsOf(last) : [];
        return new PlaybookStepResult(number, name)
        {
            Status = Enum.Parse<PlaybookStepStatus>(task.Text("state")!),
            StartTime = TimeOf(task, "startedAt"),
            Duration = TimeSpan.FromSeconds(task.Number("durationSeconds") ?? 0),
            Attempts = task.List("attempts").Count(),
            ExitCode = task.Count("exitCode"),
            Output = output.ValueKind switch
            {
                JsonValueKind.Array => StoredOutput.Read(output),
                JsonValueKind.Object => StepOutput.LinesOf(output.Text("stdout") ?? string.Empty),
                _ => [],
            },
            ErrorOutput = output.ValueKind == JsonValueKind.Object ? output.Text("stderr") ?? string.Empty : string.Empty,
            OutputFile = output.ValueKind == JsonValueKind.Object ? output.Text("stdoutFile") : null,
            ErrorOutputFile = output.ValueKind == JsonValueKind.Object ? output.Text("stderrFile") : null,
            Error = task.Text("error") is { } error
                ? new ErrorRecord(new RuntimeException(error), "StepNotDone", ErrorCategory.OperationStopped, name)
                : null,
            Errors = streams.OfType<ErrorRecord>().ToArray(),
            BlockedBy = task.Text("blockedBy"),
            IsGroup = task.Text("kind") == Group,
        };
    }

    private static IEnumerable<object?> StreamsOf(JsonElement attempt) => StoredStreams
        .Read(attempt.List("streams").Select(it => new StreamText(it.Count("stream") ?? 0, it.Text("text") ?? string.Empty)))
        .Select(put => put.Value);

    private static DateTime? TimeOf(JsonElement it, string key) =>
        it.Number(key) is { } seconds ? (DateTimeOffset.UnixEpoch + TimeSpan.FromSeconds(seconds)).LocalDateTime : null;
}
