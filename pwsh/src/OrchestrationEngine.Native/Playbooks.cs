using OrchestrationEngine.Native.Interop;

namespace OrchestrationEngine.Native;

/// <summary>Playbooks in files and as JSON: what there is, what is in one, what is wrong with it, what it would do.
/// Nothing is run. May be used from any thread.</summary>
public static class Playbooks
{
    /// <summary>Asks about playbooks.</summary>
    /// <param name="question">JSON, as the C header documents it at <c>oe_playbook_ask</c>.</param>
    /// <returns>The answer, JSON too. What is wrong with a playbook is in it, and no exception.</returns>
    /// <exception cref="EngineException">The question is none, or there is no playbook of that name; the message says
    /// where was looked.</exception>
    public static string Ask(string question)
    {
        NativeLibraryLoader.ThrowIfUnusable();
        HostEnvironment.Tell();
        return NativeText.Ask(question, NativeMethods.oe_playbook_ask);
    }
}
