using System.Collections.Generic;
using System.Management.Automation;

namespace OrchestrationEngine.PowerShell.Output;

/// <summary>
/// One item on its way. Slots are reused: the native queue carries the slot's number, so that the memory of a call
/// does not grow with its input. Written by the pipeline thread, and read by the one worker that runs the item.
/// </summary>
internal sealed class ItemSlot
{
    /// <summary>The index of what is no item of the input.</summary>
    internal const long NoIndex = -1;

    private static readonly IReadOnlyList<object?> NoOutput = [];
    private static readonly IReadOnlyList<ErrorRecord> NoErrors = [];

    private List<object?>? _output;
    private List<ErrorRecord>? _errors;
    private Queue<(OutputKind Kind, object? Value)>? _held;
    private List<(OutputKind Kind, object? Value)>? _attempted;

    internal ItemSlot(long number, IItemReceiver? own = null)
    {
        Number = number;
        Own = own;
        Index = own is null ? 0 : NoIndex;
    }

    /// <summary>Gets the number of the slot, which is the native queue's id of the item.</summary>
    internal long Number { get; }

    /// <summary>
    /// Gets who takes what comes of an item of a worker's own making, such as its -Begin; null for items of the input.
    /// </summary>
    internal IItemReceiver? Own { get; }

    /// <summary>Gets the position of the item in the input, from 0.</summary>
    internal long Index { get; private set; }

    /// <summary>Gets the item.</summary>
    internal object? Input { get; private set; }

    /// <summary>Gets a value indicating whether the item must not run beside another such item.</summary>
    internal bool RunsAlone { get; private set; }

    /// <summary>Gets or sets a value indicating whether it is known to leave nothing behind in its runspace.</summary>
    internal bool LeavesNothing { get; set; }

    /// <summary>Gets or sets a value indicating whether it was stopped before it could start.</summary>
    internal bool IsPrevented { get; set; }

    /// <summary>Gets or sets the number of the attempt that runs, or was the last, from 1.</summary>
    internal int Attempt { get; set; }

    /// <summary>Gets or sets when the attempt started, by the stopwatch; 0 if that was not noted.</summary>
    internal long Started { get; set; }

    /// <summary>Gets or sets what a report says went wrong in the attempt.</summary>
    internal ErrorRecord? Error { get; set; }

    /// <summary>Gets or sets how the item ended, for one that waits for its turn to be written.</summary>
    internal Native.ItemEvent? End { get; set; }

    /// <summary>Gets what was held back until the item's turn.</summary>
    internal Queue<(OutputKind Kind, object? Value)> Held => _held ??= new Queue<(OutputKind, object?)>();

    /// <summary>Gets what an attempt put out that may be made again: it counts only if it is the last one.</summary>
    internal List<(OutputKind Kind, object? Value)> Attempted => _attempted ??= [];

    internal IReadOnlyList<object?> Output => _output ?? NoOutput;

    internal IReadOnlyList<ErrorRecord> Errors => _errors ?? NoErrors;

    internal void Fill(long index, object? input, bool runsAlone)
    {
        Index = index;
        Input = input;
        RunsAlone = runsAlone;
        IsPrevented = false;
        Attempt = 1;
        Started = 0;
    }

    /// <summary>Forgets what the last attempt put out: it did not count.</summary>
    internal void ForgetAttempt()
    {
        Error = null;
        _attempted?.Clear();
    }

    internal void Collect(object? output) => (_output ??= []).Add(output);

    internal void Collect(ErrorRecord error) => (_errors ??= []).Add(error);

    /// <summary>Forgets the item, so that nothing of it stays alive in an unused slot.</summary>
    internal void Clear()
    {
        Input = null;
        Error = null;
        End = null;
        _output = null;
        _errors = null;
        _held?.Clear();
        _attempted?.Clear();
    }
}
