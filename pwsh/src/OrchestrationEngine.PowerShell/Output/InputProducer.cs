using System;
using System.Collections.Generic;
using System.Management.Automation;
using System.Threading;
using OrchestrationEngine.Native;

namespace OrchestrationEngine.PowerShell.Output;

/// <summary>
/// What comes of -InputScript: a worker runs it, and what it puts out is input. It is kept from running far ahead of
/// the items. Used on the thread that feeds the call, except for <see cref="WaitForRoom"/>.
/// </summary>
internal sealed class InputProducer(int capacity, IItemReceiver next) : IItemReceiver, IDisposable
{
    /// <summary>The item that has a worker run the block instead of an item.</summary>
    internal static readonly object Turn = new();

    private readonly Queue<object?> _inputs = new();
    private readonly SemaphoreSlim _room = new(capacity);

    /// <summary>Gets a value indicating whether no more input comes but what is here.</summary>
    internal bool HasEnded { get; private set; }

    /// <summary>Gets the error that ended the block, if one did.</summary>
    internal ErrorRecord? Failure { get; private set; }

    /// <summary>Waits, on the worker, until one more input may be put out.</summary>
    /// <exception cref="OperationCanceledException">The worker was stopped meanwhile.</exception>
    internal void WaitForRoom(CancellationToken stopped) => _room.Wait(stopped);

    /// <summary>Takes the next input.</summary>
    internal bool TryTake(out object? input)
    {
        if (!_inputs.TryDequeue(out input))
        {
            return false;
        }

        _room.Release();
        return true;
    }

    /// <inheritdoc/>
    public void Receive(ItemSlot slot, OutputKind kind, object? value)
    {
        switch (kind)
        {
            case OutputKind.Output:
                _inputs.Enqueue(value);
                break;
            case OutputKind.Failure:
                Failure = value as ErrorRecord;
                break;
            default:
                next.Receive(slot, kind, value);
                break;
        }
    }

    /// <inheritdoc/>
    public void End(ItemSlot slot, in ItemEvent end) => HasEnded = true;

    /// <inheritdoc/>
    public void Report(ErrorRecord error) => next.Report(error);

    /// <inheritdoc/>
    public void Dispose() => _room.Dispose();
}
