using System;
using System.IO;
using System.Management.Automation;
using System.Management.Automation.Language;
using System.Management.Automation.Runspaces;

namespace OrchestrationEngine.PowerShell.Runspaces;

/// <summary>The text that says what a step of a playbook means in PowerShell; the engine's own processes run the same.</summary>
internal static class StepScript
{
    private const string Name = "step.ps1";

    private static readonly Lazy<ScriptBlockAst> LazyTree = new(() => (ScriptBlockAst)ScriptBlock.Create(Read()).Ast);

    /// <summary>Gets its tree; every worker makes its own script block of it.</summary>
    internal static ScriptBlockAst Tree => LazyTree.Value;

    // What a script block was compiled to goes with it, and to compile this one takes longer than most steps do.
    [ThreadStatic]
    private static (Runspace? Of, ScriptBlock? Block) _compiled;

    /// <summary>Gets the script block of the calling thread's runspace, the same one each time.</summary>
    internal static ScriptBlock OfRunspace()
    {
        var runspace = Runspace.DefaultRunspace;
        if (_compiled is { Block: { } block } && _compiled.Of == runspace)
        {
            return block;
        }

        _compiled = (runspace, Tree.GetScriptBlock());
        return _compiled.Block!;
    }

    private static string Read()
    {
        using var stream = typeof(StepScript).Assembly.GetManifestResourceStream(Name)!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
