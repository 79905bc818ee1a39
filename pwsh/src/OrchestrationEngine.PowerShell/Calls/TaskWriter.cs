using System.Collections.Generic;
using System.Management.Automation;
using OrchestrationEngine.PowerShell.Output;

namespace OrchestrationEngine.PowerShell.Calls;

/// <summary>Writes a result for each task, in the order given, on the thread of the cmdlet's pipeline.</summary>
/// <param name="cmdlet">The cmdlet.</param>
/// <param name="count">How many tasks there are.</param>
internal sealed class TaskWriter(Cmdlet cmdlet, int count) : ITaskFollower
{
    private readonly TaskResult?[] _results = new TaskResult?[count];
    private int _written;

    /// <inheritdoc/>
    public void Start(int task, int worker)
    {
    }

    /// <inheritdoc/>
    public void Retry(int task, string message) => cmdlet.WriteVerbose(message);

    /// <inheritdoc/>
    public void End(int task, TaskResult result, IReadOnlyList<(OutputKind Kind, object? Value)> puts)
    {
        foreach (var (kind, value) in puts)
        {
            if (kind is not (OutputKind.Output or OutputKind.Failure or OutputKind.Started))
            {
                StreamRecord.Write(cmdlet, value);
            }
        }

        _results[task] = result;
        while (_written < _results.Length && _results[_written] is { } next)
        {
            _written++;
            WriteFailure(next);
            cmdlet.WriteObject(next);
        }
    }

    // An error can end the pipeline (-ErrorAction Stop), and with it the run; a failure that is allowed must not.
    private void WriteFailure(TaskResult result)
    {
        if (result.Status is not (TaskStatus.Failed or TaskStatus.TimedOut))
        {
            return;
        }

        var error = TaskRunErrors.Of(result);
        if (result.MayFail)
        {
            cmdlet.WriteWarning(error.Exception.Message);
        }
        else
        {
            cmdlet.WriteError(error);
        }
    }
}
