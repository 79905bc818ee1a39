using OrchestrationEngine.Native.Interop;

namespace OrchestrationEngine.Native;

/// <summary>Draws runs as charts, pictures, and for other tools. May be used from any thread.</summary>
public static class RunDrawing
{
    /// <summary>Draws a run.</summary>
    /// <param name="question">JSON, as the C header documents it at <c>oe_report_draw</c>.</param>
    /// <returns>The drawing. Names in it are escaped as its form needs it.</returns>
    /// <exception cref="EngineException">The text is not such JSON; the message has line and column.</exception>
    public static string Draw(string question) => NativeText.Ask(question, NativeMethods.oe_report_draw);
}
