using System;
using System.Runtime.InteropServices;
using System.Text;

namespace OrchestrationEngine.Native.Interop;

// Texts that the engine hands out.
internal static class NativeText
{
    // One of the functions that answer JSON with a text.
    internal delegate EngineStatus Function(ReadOnlySpan<byte> json, nuint length, out nint answer);

    // What a function answers, when nothing else of the engine need be there.
    internal static string Ask(string question, Function function)
    {
        ArgumentNullException.ThrowIfNull(question);
        NativeLibraryLoader.ThrowIfUnusable();
        var bytes = Encoding.UTF8.GetBytes(question);
        EngineException.ThrowUnlessOk(function(bytes, (nuint)bytes.Length, out var answer));
        return Take(answer);
    }

    // Copies a text and frees it.
    internal static string Take(nint text)
    {
        try
        {
            EngineException.ThrowUnlessOk(NativeMethods.oe_text_view(text, out var bytes, out var length));
            return Marshal.PtrToStringUTF8(bytes, (int)length);
        }
        finally
        {
            NativeMethods.oe_text_free(text);
        }
    }
}
