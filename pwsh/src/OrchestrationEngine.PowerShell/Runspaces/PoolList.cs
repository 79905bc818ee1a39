using System;
using System.Collections.Generic;
using System.Linq;

namespace OrchestrationEngine.PowerShell.Runspaces;

/// <summary>
/// The pools of the process, one for each recipe in use. Those with nothing but the language mode stay; one that
/// imports something goes with its last runspace, so that functions which change from call to call do not pile up. May
/// be used on any thread. Its lock comes before that of a pool.
/// </summary>
internal sealed class PoolList
{
    /// <summary>How many pools that import something keep runspaces warm while none of their calls runs.</summary>
    internal const int WarmLimit = 8;

    private readonly object _lock = new();
    private readonly List<ScriptPool> _pools = [];

    internal IReadOnlyList<ScriptPool> All()
    {
        lock (_lock)
        {
            return _pools.ToArray();
        }
    }

    /// <summary>Finds the pool of a recipe, or makes it.</summary>
    internal ScriptPool For(SessionRecipe recipe)
    {
        ScriptPool? pool;
        lock (_lock)
        {
            pool = _pools.Find(other => other.Recipe.Equals(recipe));
            if (pool is not null)
            {
                return pool;
            }

            pool = new ScriptPool(recipe, this);
            _pools.Add(pool);
        }

        CoolDown();
        return pool;
    }

    /// <summary>Lets a call into its pool, which comes back to the list if it has been dropped meanwhile.</summary>
    internal void Enter(ScriptPool pool, WorkerCall call)
    {
        lock (_lock)
        {
            if (!_pools.Contains(pool))
            {
                pool.Revive();
                _pools.Add(pool);
            }

            pool.Add(call);
        }
    }

    /// <summary>Drops a pool that imports something, if it has no call and no runspace.</summary>
    internal void DropIfUnused(ScriptPool pool)
    {
        if (pool.IsKept)
        {
            return;
        }

        lock (_lock)
        {
            if (!pool.IsUnused || !_pools.Remove(pool))
            {
                return;
            }
        }

        pool.Dispose();
    }

    // Those that were used longest ago first. Their runspaces close soon after, and the pools go with them.
    private void CoolDown()
    {
        ScriptPool[] idle;
        lock (_lock)
        {
            idle = _pools.Where(pool => !pool.IsKept && !pool.HasCalls).OrderBy(pool => pool.LastUse).ToArray();
        }

        foreach (var pool in idle.Take(Math.Max(0, idle.Length - WarmLimit)))
        {
            pool.Cool();
        }
    }
}
