using System;
using System.IO;
using System.Linq;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using OrchestrationEngine.Native;

namespace AbiCall;

internal static class CallCosts
{
    internal const int Calls = 10_000_000;

    // Where the sum of the results goes, so that no loop is compiled away.
    internal static long Sink { get; set; }

    [MethodImpl(MethodImplOptions.NoInlining)]
    internal static void EmptyLoop()
    {
        long sum = 0;
        for (var call = 0; call < Calls; call++)
        {
            sum += call;
        }

        Sink = sum;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    internal static void ThroughTheProperty()
    {
        long sum = 0;
        for (var call = 0; call < Calls; call++)
        {
            sum += Engine.AbiVersion;
        }

        Sink = sum;
    }
}

/// <summary>The library that <see cref="Engine"/> uses, without the classes above it.</summary>
internal sealed unsafe class RawLibrary : IDisposable
{
    private readonly nint _library;
    private readonly nint _function;

    internal RawLibrary()
    {
        // The engine's own check first, which says what to do where there is no library.
        _ = Engine.AbiVersion;
        var files = Directory.EnumerateFiles(
            AppContext.BaseDirectory, "*orchestration_engine.*", SearchOption.AllDirectories);
        _library = NativeLibrary.Load(files.First(path => Path.GetExtension(path) is ".so" or ".dylib" or ".dll"));
        _function = NativeLibrary.GetExport(_library, "oe_abi_version");
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    internal void ThroughTheFunctionPointer()
    {
        var function = (delegate* unmanaged<uint>)_function;
        long sum = 0;
        for (var call = 0; call < CallCosts.Calls; call++)
        {
            sum += function();
        }

        CallCosts.Sink = sum;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    internal void WithoutTransition()
    {
        var function = (delegate* unmanaged[SuppressGCTransition]<uint>)_function;
        long sum = 0;
        for (var call = 0; call < CallCosts.Calls; call++)
        {
            sum += function();
        }

        CallCosts.Sink = sum;
    }

    public void Dispose() => NativeLibrary.Free(_library);
}
