using System.Globalization;
using System.IO;
using System.Management.Automation;
using OrchestrationEngine.PowerShell.Output;
using OrchestrationEngine.PowerShell.Runspaces;
using OrchestrationEngine.PowerShell.Scripts;

namespace OrchestrationEngine.PowerShell.Tasks;

/// <summary>Finds the one script that a task names.</summary>
/// <param name="scripts">Where to look.</param>
internal sealed class TaskScripts(ScriptResolver scripts)
{
    /// <summary>The script of a task; null if it names none.</summary>
    /// <param name="table">The task.</param>
    /// <param name="values">Its values.</param>
    /// <exception cref="CallRefusedException">There is no such script, or not just one.</exception>
    internal OrchestrationScript? Find(TaskTable table, TaskValues values) =>
        PlainValue.Of(table[TaskKeys.Script]) switch
        {
            null => null,
            OrchestrationScript script => script,
            FileInfo file => Find(table.Place, file.FullName),
            ExternalScriptInfo command => Find(table.Place, command.Path),
            int number => Find(table.Place, number.ToString(CultureInfo.InvariantCulture)),
            string => Find(table.Place, values.Text(TaskKeys.Script)!),
            _ => throw values.Invalid(TaskKeys.Script, "the number, name or path of a script"),
        };

    private OrchestrationScript Find(TaskPlace place, string text)
    {
        try
        {
            var found = scripts.Resolve(new ScriptReference(text, IsExclusion: false));
            return found.Count == 1
                ? found[0]
                : throw new CallRefusedException(TaskErrors.NotOneScript(place, text, found.Count));
        }
        catch (CallRefusedException refused) when (refused.Record.FullyQualifiedErrorId != TaskErrors.NotOneScriptId)
        {
            throw new CallRefusedException(TaskErrors.ScriptRefused(place, refused.Record));
        }
    }
}
