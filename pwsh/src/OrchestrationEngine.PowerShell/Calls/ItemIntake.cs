using System.Collections.Generic;
using System.Diagnostics.CodeAnalysis;
using System.Management.Automation;
using OrchestrationEngine.PowerShell.Output;

namespace OrchestrationEngine.PowerShell.Calls;

/// <summary>
/// Makes items of inputs: leaves out what the filter does not want, and puts several into one if asked to. Used on the
/// thread that feeds the call.
/// </summary>
internal sealed class ItemIntake(CallOptions options, ICaller caller, IItemReceiver receiver)
{
    private readonly List<object?> _batch = [];

    /// <summary>Takes an input.</summary>
    /// <param name="input">The input.</param>
    /// <param name="item">The item that is complete with it.</param>
    /// <returns>False if none is.</returns>
    internal bool TryTake(object? input, out object? item)
    {
        item = input;
        if (PlainValue.Of(input) is ScriptBlock)
        {
            receiver.Report(Errors.InputIsScriptBlock(input!));
            return false;
        }

        if (options.Filter is { } filter && !Accepts(filter, input))
        {
            return false;
        }

        if (options.BatchSize is not { } size)
        {
            return true;
        }

        _batch.Add(input);
        return _batch.Count == size && TryTakeRest(out item);
    }

    /// <summary>Takes the item that is not full, if there is one: nothing more comes for it now.</summary>
    internal bool TryTakeRest([NotNullWhen(true)] out object? item)
    {
        item = _batch.Count > 0 ? _batch.ToArray() : null;
        _batch.Clear();
        return item is not null;
    }

    private bool Accepts(ScriptBlock filter, object? input)
    {
        try
        {
            return LanguagePrimitives.IsTrue(caller.Invoke(filter, input));
        }
        catch (RuntimeException problem) when (problem is not PipelineStoppedException)
        {
            receiver.Report(Errors.FilterFailed(input, problem));
            return false;
        }
    }
}
