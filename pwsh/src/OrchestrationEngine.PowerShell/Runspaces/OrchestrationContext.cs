using System;
using System.Collections.Generic;
using System.Collections.ObjectModel;
using System.Linq;
using System.Management.Automation;
using System.Management.Automation.Internal;
using System.Management.Automation.Runspaces;
using OrchestrationEngine.PowerShell.Runspaces;

namespace OrchestrationEngine.PowerShell;

/// <summary>
/// What a block finds in $Orchestration: where it is, and what it shares with the other items of its call.
/// </summary>
public sealed class OrchestrationContext
{
    private readonly WorkerSession _session;

    internal OrchestrationContext(WorkerSession session) => _session = session;

    /// <summary>Gets the number of the worker that runs the item.</summary>
    public int Worker => _session.WorkerId;

    /// <summary>Gets the position of the item in the input, from 0; -1 once no item runs here.</summary>
    public long Index => _session.Item?.Index ?? -1;

    /// <summary>Gets which attempt at the item this is, from 1; 0 once no item runs here.</summary>
    public int Attempt => _session.Item?.Attempt ?? 0;

    /// <summary>Gets the name of the task or step that runs, or that is asked if it does; null if none runs here.</summary>
    public string? TaskName => _session switch
    {
        { Call: TaskCall call, Item: { } item } => call.NameOf(item),
        { Call: WorkflowCall, Item: { } item } => WorkflowCall.NameOf(item),
        _ => null,
    };

    /// <summary>
    /// Gets the id of the kept run that the task belongs to, or of the workflow that the step does; null if it is not kept, or none
    /// runs here.
    /// </summary>
    public string? RunId => _session switch
    {
        { Call: TaskCall call, Item: not null } => call.RunId,
        { Call: WorkflowCall, Item: { } item } => WorkflowCall.RunIdOf(item),
        _ => null,
    };

    /// <summary>Finds a number that all items of the call may change at once; made when first asked for.</summary>
    /// <param name="name">Its name, in any case.</param>
    /// <exception cref="ArgumentException">The name is empty.</exception>
    public OrchestrationCounter Counter(string name) => _session.Call.State.Counter(name);

    /// <summary>Finds a collection that all items of the call may add to at once; made when first asked for.</summary>
    /// <param name="name">Its name, in any case.</param>
    /// <exception cref="ArgumentException">The name is empty.</exception>
    public OrchestrationBag Bag(string name) => _session.Call.State.Bag(name);

    /// <summary>Finds what a task of the run has put out that had to succeed before this one.</summary>
    /// <param name="task">Its name, in any case.</param>
    /// <returns>Its output: nothing, the object, or an array of several.</returns>
    /// <exception cref="ArgumentException">There is no task of that name, or it has not succeeded yet.</exception>
    public object? OutputOf(string task) => _session.Call is TaskCall call
        ? Unroll(call.OutputOf(task))
        : throw new ArgumentException($"There is no task '{task}': the call runs items, not tasks.");

    /// <summary>Runs a block while no other item of the call runs one under the same name.</summary>
    /// <param name="name">The name of the lock, in any case. The item that has the lock may take it again.</param>
    /// <param name="block">What to run, in a scope of its own, on the calling thread.</param>
    /// <returns>The output of the block: nothing, the object, or an array of several.</returns>
    /// <exception cref="ArgumentException">The name is empty.</exception>
    /// <exception cref="PipelineStoppedException">The item was stopped while it waited.</exception>
    public object? Lock(string name, ScriptBlock block)
    {
        ArgumentNullException.ThrowIfNull(block);
        var named = _session.Call.State.LockOf(name);

        // The thread's own session: an item of a nested call that was handed the object is stopped as what it is.
        named.Enter(WorkerSession.OfThread?.Stopping);
        try
        {
            return Unroll(Invoke(block));
        }
        finally
        {
            named.Exit();
        }
    }

    // Of the ways to invoke a block, the one whose errors go where those of the calling statement go, also redirected.
    private static Collection<PSObject> Invoke(ScriptBlock block) =>
        block.InvokeWithContext((Dictionary<string, ScriptBlock>?)null, variablesToDefine: null);

    private static object? Unroll(IReadOnlyList<object?> output) => output.Count switch
    {
        0 => AutomationNull.Value,
        1 => output[0],
        _ => output.ToArray(),
    };

    /// <summary>
    /// Makes what PowerShell must know to leave errors of a lock's block as they are: it wraps whatever leaves a .NET
    /// method, but not what leaves a code method of its type table.
    /// </summary>
    internal static SessionStateTypeEntry CreateTypeEntry()
    {
        var type = new TypeData(typeof(OrchestrationContext));
        type.Members.Add(nameof(Lock), new CodeMethodData(nameof(Lock), typeof(LockMethod).GetMethod(nameof(Lock))));
        return new SessionStateTypeEntry(type, isRemove: false);
    }

    /// <summary>The code method.</summary>
    public static class LockMethod
    {
        /// <summary>Does what <see cref="OrchestrationContext.Lock"/> does.</summary>
        /// <param name="context">The object.</param>
        /// <param name="name">The name of the lock.</param>
        /// <param name="block">What to run.</param>
        /// <returns>The output of the block.</returns>
        public static object? Lock(PSObject context, string name, ScriptBlock block) =>
            ((OrchestrationContext)context.BaseObject).Lock(name, block);
    }
}
