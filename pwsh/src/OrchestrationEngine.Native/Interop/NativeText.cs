using System.Runtime.InteropServices;

namespace OrchestrationEngine.Native.Interop;

// Texts that the engine hands out.
internal static class NativeText
{
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
