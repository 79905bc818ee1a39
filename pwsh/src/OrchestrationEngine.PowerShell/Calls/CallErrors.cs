using System;
using System.Management.Automation;
using OrchestrationEngine.Native;
using OrchestrationEngine.PowerShell.Output;
using OrchestrationEngine.PowerShell.Runspaces;

namespace OrchestrationEngine.PowerShell.Calls;

/// <summary>What goes wrong with a call itself, before anything of it runs.</summary>
internal static class CallErrors
{
    /// <summary>Does something; what it is refused with becomes the terminating error of a cmdlet.</summary>
    internal static void ThrowFrom(PSCmdlet cmdlet, Action begin)
    {
        try
        {
            begin();
        }
        catch (CallRefusedException error)
        {
            cmdlet.ThrowTerminatingError(error.Record);
        }
        catch (EngineException error)
        {
            cmdlet.ThrowTerminatingError(Errors.EngineRefused(error));
        }
        catch (EngineLibraryException error)
        {
            cmdlet.ThrowTerminatingError(Errors.LibraryUnusable(error));
        }
    }

    /// <summary>Refuses sessions whose blocks cannot run elsewhere, and calls inside calls without end.</summary>
    /// <param name="mode">The language mode of the caller's session.</param>
    /// <param name="depth">How many calls this one is nested in, itself included.</param>
    /// <exception cref="CallRefusedException">It is refused.</exception>
    internal static void RefuseSession(PSLanguageMode mode, int depth)
    {
        if (mode is PSLanguageMode.NoLanguage or PSLanguageMode.RestrictedLanguage)
        {
            throw new CallRefusedException(Errors.LanguageModeRefused(mode));
        }

        if (depth > ScriptPool.NestingLimit)
        {
            throw new CallRefusedException(Errors.NestedTooDeep(ScriptPool.NestingLimit));
        }
    }
}
