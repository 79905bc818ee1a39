using System;
using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;
using System.Threading;
using Xunit;

// Several tests look at what the whole process has: threads, and workers of which it may have 1,024.
[assembly: CollectionBehavior(DisableTestParallelization = true)]

namespace OrchestrationEngine.Native.Tests.Support;

/// <summary>Ends a test that hangs as a failure, instead of the whole run.</summary>
internal static class Guard
{
    // Far more than any test takes on a busy machine.
    internal static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    internal static void Run(Action body, [CallerMemberName] string test = "")
    {
        Exception? failure = null;
        var thread = new Thread(() => failure = Record.Exception(body)) { IsBackground = true, Name = test };
        thread.Start();
        Assert.True(thread.Join(Limit), $"{test} was not done within {Limit.TotalSeconds} s.");
        if (failure is not null)
        {
            ExceptionDispatchInfo.Throw(failure);
        }
    }

    /// <summary>Waits for what has no event of its own, such as the garbage collector.</summary>
    internal static void Until(Func<bool> isSo)
    {
        while (!isSo())
        {
            Thread.Sleep(1);
        }
    }
}
