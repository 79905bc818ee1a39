using System;
using System.Collections.Generic;
using System.Globalization;
using System.Management.Automation;
using System.Management.Automation.Language;
using OrchestrationEngine.Native;
using OrchestrationEngine.PowerShell.Output;
using OrchestrationEngine.PowerShell.Runspaces;

namespace OrchestrationEngine.PowerShell.Cmdlets;

/// <summary>
/// The pipeline thread's part of a call: it feeds items, writes what comes back, and waits in between. Used on that
/// thread only, except for <see cref="Cancel"/>.
/// </summary>
internal sealed class ParallelCall : IDisposable
{
    /// <summary>
    /// How long a stopped item may go on before its worker is given up. Long enough for a pipeline to end, short
    /// enough for a limit to be kept within half a second.
    /// </summary>
    private static readonly TimeSpan StopGrace = TimeSpan.FromMilliseconds(300);

    /// <summary>How often a runspace is made to answer calls of methods of its classes.</summary>
    private static readonly TimeSpan PumpInterval = TimeSpan.FromMilliseconds(2);

    private static readonly TimeSpan NoLimit = System.Threading.Timeout.InfiniteTimeSpan;

    private readonly InvokeParallelOrchestrationCommand _cmdlet;
    private readonly ItemCall _call;
    private readonly ItemTable _table;
    private readonly ItemWriter _writer;
    private readonly ItemEvent[] _events = new ItemEvent[256];
    private readonly bool _usingRunsAlone;
    private ScriptBlock? _pump;
    private bool _pumps;
    private bool _isEnded;
    private long _count;
    private long _lastDrain;
    private int _sinceDrain;

    private ParallelCall(InvokeParallelOrchestrationCommand cmdlet, CallSettings settings)
    {
        _cmdlet = cmdlet;
        _table = new ItemTable(cmdlet.QueueCapacity + cmdlet.ThrottleLimit);
        _call = new ItemCall(settings, _table);
        _writer = new ItemWriter(cmdlet, _table, _call.OutboxOf, cmdlet.Ordered, cmdlet.PassThru);
        foreach (var value in settings.UsingValues.Values)
        {
            _usingRunsAlone |= ClassAffinity.IsBound(value);
        }
    }

    /// <summary>Reads what the call needs from the caller's session, and opens its queue.</summary>
    internal static ParallelCall Start(InvokeParallelOrchestrationCommand cmdlet)
    {
        var mode = cmdlet.SessionState.LanguageMode;
        if (mode is PSLanguageMode.NoLanguage or PSLanguageMode.RestrictedLanguage)
        {
            cmdlet.ThrowTerminatingError(Errors.LanguageModeRefused(mode));
        }

        var depth = ScriptPool.NextDepth;
        if (depth > ScriptPool.NestingLimit)
        {
            cmdlet.ThrowTerminatingError(Errors.NestedTooDeep(ScriptPool.NestingLimit));
        }

        var call = new ParallelCall(cmdlet, ReadSettings(cmdlet, depth));
        try
        {
            ScriptPool.For(mode).Open(call._call, OptionsOf(cmdlet));
            return call;
        }
        catch
        {
            call._call.Dispose();
            throw;
        }
    }

    /// <summary>Feeds one item; waits, and writes output meanwhile, while the queue is full.</summary>
    internal void Add(object? input)
    {
        if (((input as PSObject)?.BaseObject ?? input) is ScriptBlock)
        {
            _cmdlet.WriteError(Errors.InputIsScriptBlock(input!));
            return;
        }

        var slot = Rent();
        slot.Fill(_count++, input, _usingRunsAlone || ClassAffinity.IsBound(input));
        _pumps |= slot.RunsAlone;
        Submit(slot);
        DrainNowAndThen();
    }

    /// <summary>Says that no more items come, and writes all output that is left.</summary>
    internal void Finish()
    {
        _call.Queue.Close();
        DrainToEnd();
        ThrowIfCutShort();
    }

    /// <summary>Stops the call. May be called on any thread, and after the end.</summary>
    internal void Cancel(CancelReason reason) => _call.Cancel(reason);

    /// <summary>Ends the call, however its pipeline ended: what still runs is stopped, or given up.</summary>
    public void Dispose()
    {
        if (!_isEnded)
        {
            Cancel(CancelReason.Requested);
            while (_call.Queue.Wait(NoLimit) == Waited.Ready)
            {
                _call.Queue.Take(_events);
            }
        }

        _call.Dispose();
    }

    private static CallSettings ReadSettings(InvokeParallelOrchestrationCommand cmdlet, int depth)
    {
        var block = (ScriptBlockAst)cmdlet.ScriptBlock.Ast;
        return new CallSettings
        {
            Block = block,
            UsingValues = UsingValues.Read(block, cmdlet.SessionState),
            Location = WildcardPattern.Escape(cmdlet.SessionState.Path.CurrentLocation.Path),
            Culture = CultureInfo.CurrentCulture,
            UICulture = CultureInfo.CurrentUICulture,
            Preferences = ReadPreferences(cmdlet.SessionState),
            ResetsAfterItem = BlockAnalysis.LeavesTraces(block),
            StopsOnError = cmdlet.StopOnError,
            Depth = depth,
        };
    }

    // What a caller who tries something out must be able to rely on: -WhatIf reaches the items.
    private static Dictionary<string, object> ReadPreferences(SessionState caller)
    {
        var preferences = new Dictionary<string, object>();
        if (LanguagePrimitives.IsTrue(caller.PSVariable.GetValue("WhatIfPreference")))
        {
            preferences["WhatIfPreference"] = true;
        }

        if (caller.PSVariable.GetValue("ConfirmPreference") is { } confirm && confirm is not ConfirmImpact.High)
        {
            preferences["ConfirmPreference"] = confirm;
        }

        return preferences;
    }

    private static QueueOptions OptionsOf(InvokeParallelOrchestrationCommand cmdlet) => new()
    {
        WorkerLimit = cmdlet.ThrottleLimit,
        InputCapacity = cmdlet.QueueCapacity,
        OutputCapacity = cmdlet.QueueCapacity,
        ItemTimeout = SomeTime(cmdlet.ItemTimeoutSeconds),
        Timeout = SomeTime(cmdlet.TimeoutSeconds),
        StopGrace = StopGrace,
    };

    private static TimeSpan? SomeTime(double seconds) => seconds > 0 ? TimeSpan.FromSeconds(seconds) : null;

    private ItemSlot Rent()
    {
        ItemSlot? slot;
        while ((slot = _table.TryRent()) is null)
        {
            WaitAndDrain(wantRoom: false);
        }

        return slot;
    }

    private void Submit(ItemSlot slot)
    {
        Waited submitted;
        while ((submitted = _call.Queue.TrySubmit(slot.Number)) == Waited.TimedOut)
        {
            WaitAndDrain(wantRoom: true);
        }

        if (submitted == Waited.Ready)
        {
            _writer.Expect(slot);
            return;
        }

        _table.Return(slot);
        DrainToEnd();
        ThrowIfCutShort();
    }

    // Output leaves with the next input, but a look at the queue costs as much as a small item: so at most once a
    // clock tick, or every so many items.
    private void DrainNowAndThen()
    {
        var now = Environment.TickCount64;
        if (now == _lastDrain && ++_sinceDrain < 64)
        {
            return;
        }

        _lastDrain = now;
        _sinceDrain = 0;
        if (_pumps)
        {
            Pump();
        }

        Drain();
    }

    private void DrainToEnd()
    {
        while (WaitAndDrain(wantRoom: false) != Waited.Ended)
        {
        }

        _isEnded = true;
    }

    private Waited WaitAndDrain(bool wantRoom)
    {
        if (_pumps)
        {
            Pump();
        }

        var waited = _call.Queue.Wait(_pumps ? PumpInterval : NoLimit, wantRoom);
        Drain();
        return waited;
    }

    private void Drain()
    {
        int count;
        do
        {
            count = _call.Queue.Take(_events);
            for (var index = 0; index < count; index++)
            {
                _writer.Write(_events[index]);
            }
        }
        while (count == _events.Length);
    }

    // A loop makes the runspace look at its events, and the call of a class's method by a worker is one.
    private void Pump()
    {
        _pump ??= ScriptBlock.Create("foreach ($i in 1) { }");
        _cmdlet.InvokeCommand.InvokeScript(useLocalScope: true, _pump, input: null, args: null);
    }

    private void ThrowIfCutShort()
    {
        if (_call.StartFailure is { } reason)
        {
            _cmdlet.ThrowTerminatingError(Errors.WorkerCannotStart(reason));
        }

        switch (_call.Queue.CancelReason)
        {
            case CancelReason.Timeout:
                _cmdlet.ThrowTerminatingError(Errors.CallTimedOut(_cmdlet.TimeoutSeconds, _writer.Ended));
                break;
            case CancelReason.FirstFailure:
                _cmdlet.ThrowTerminatingError(Errors.StoppedOnFirstFailure(_writer.FirstFailure, _writer.Ended));
                break;
            case CancelReason.Requested or CancelReason.HostGone:
                throw new PipelineStoppedException();
        }
    }
}
