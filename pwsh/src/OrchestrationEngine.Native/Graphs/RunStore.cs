using OrchestrationEngine.Native.Interop;

namespace OrchestrationEngine.Native;

/// <summary>The runs that are kept in a folder. May be used from any thread.</summary>
public static class RunStore
{
    /// <summary>Asks for runs, or for one of them, or has some deleted.</summary>
    /// <param name="question">JSON, as the C header documents it at <c>oe_store_ask</c>.</param>
    /// <returns>The answer, JSON too.</returns>
    /// <exception cref="EngineException">The question is none, the folder cannot be used, or there is no such run.</exception>
    public static string Ask(string question) => NativeText.Ask(question, NativeMethods.oe_store_ask);
}
