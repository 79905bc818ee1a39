namespace OrchestrationEngine.Native;

/// <summary>What an item of a run says.</summary>
/// <param name="Ask">What is asked.</param>
/// <param name="Task">The number of the task, as the reports of the run have it.</param>
/// <param name="Attempt">Which attempt, from 1; 0 if the task is not to be run.</param>
public readonly record struct RunItem(RunAsk Ask, int Task, int Attempt)
{
    // As src/ffi/run.rs has them: OE_RUN_ASK_SHIFT, OE_RUN_ATTEMPT_SHIFT.
    private const int AskShift = 62;
    private const int AttemptShift = 32;

    /// <summary>Reads an item.</summary>
    /// <param name="item">The item, as <see cref="Worker.Next(out long)"/> gave it.</param>
    /// <returns>What it says.</returns>
    public static RunItem From(long item)
    {
        var attempt = (int)(item >> AttemptShift) & ((1 << (AskShift - AttemptShift)) - 1);
        return new((RunAsk)((ulong)item >> AskShift), (int)item, attempt);
    }
}
