using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading.Tasks;

namespace OrchestrationEngine.PowerShell.Workflows;

/// <summary>The workflows of this process: those that run, and the last of those that have. May be used from any thread.</summary>
internal static class WorkflowList
{
    /// <summary>How many that have ended are remembered; the others are only where runs are kept.</summary>
    private const int MostEnded = 200;

    private static readonly List<Entry> Entries = [];

    /// <summary>Adds one that has begun.</summary>
    /// <param name="workflow">The workflow.</param>
    /// <param name="cancel">Stops it; may be called on any thread, and after the end.</param>
    internal static void Add(PlaybookWorkflow workflow, Action cancel)
    {
        lock (Entries)
        {
            // A workflow that goes on is the same one.
            Entries.RemoveAll(entry => IsCalled(entry, workflow.WorkflowId));
            Entries.Add(new Entry(workflow, cancel));
        }
    }

    /// <summary>Says that one has ended.</summary>
    internal static void End(PlaybookWorkflow workflow)
    {
        lock (Entries)
        {
            Entries.Find(entry => entry.Workflow == workflow)?.End();
            var ended = Entries.Where(entry => !entry.IsActive).ToList();
            foreach (var entry in ended.Take(ended.Count - MostEnded))
            {
                Entries.Remove(entry);
            }
        }
    }

    /// <summary>All of them, the latest first.</summary>
    internal static IReadOnlyList<PlaybookWorkflow> All()
    {
        lock (Entries)
        {
            return Enumerable.Reverse(Entries).Select(entry => entry.Workflow).ToArray();
        }
    }

    /// <summary>The one of an id, in any case; null if it is none of this process.</summary>
    internal static PlaybookWorkflow? Find(string id) => EntryOf(id)?.Workflow;

    /// <summary>Stops one, and waits for its end.</summary>
    /// <param name="id">Its id.</param>
    /// <param name="limit">How long to wait: steps that run at the end may take their time.</param>
    /// <returns>The workflow; null if none of this id runs in this process.</returns>
    internal static PlaybookWorkflow? Stop(string id, TimeSpan limit)
    {
        if (EntryOf(id) is not { IsActive: true } entry)
        {
            return null;
        }

        entry.Cancel();
        entry.WaitForEnd(limit);
        return entry.Workflow;
    }

    private static Entry? EntryOf(string id)
    {
        lock (Entries)
        {
            return Entries.Find(entry => IsCalled(entry, id));
        }
    }

    private static bool IsCalled(Entry entry, string id) =>
        string.Equals(entry.Workflow.WorkflowId, id, StringComparison.OrdinalIgnoreCase);

    private sealed class Entry(PlaybookWorkflow workflow, Action cancel)
    {
        private readonly TaskCompletionSource _ended = new();

        internal PlaybookWorkflow Workflow => workflow;

        internal bool IsActive => !_ended.Task.IsCompleted;

        internal void Cancel() => cancel();

        internal void End() => _ended.TrySetResult();

        internal void WaitForEnd(TimeSpan limit) => _ended.Task.Wait(limit);
    }
}
