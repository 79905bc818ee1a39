using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using OrchestrationEngine.PowerShell.Completers;
using OrchestrationEngine.PowerShell.Runspaces;
using OrchestrationEngine.PowerShell.Scripts;

namespace OrchestrationEngine.PowerShell.Cmdlets;

/// <summary>Finds scripts by number, name, range or pattern, in the order in which they are asked for. Runs none.</summary>
[Cmdlet(VerbsCommon.Get, "OrchestrationScript")]
[OutputType(typeof(OrchestrationScript))]
public sealed class GetOrchestrationScriptCommand : PSCmdlet
{
    private readonly List<ScriptReference> _asked = [];

    /// <summary>Gets or sets which scripts: numbers, ranges, names, wildcards, paths; ! before one excludes it.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true)]
    [ValidateNotNullOrEmpty]
    [SupportsWildcards]
    [Alias("Name", "Script")]
    [ArgumentCompleter(typeof(ScriptCompleter))]
    public string[] Number { get; set; } = [];

    /// <summary>Gets or sets which scripts not, written as those that are asked for.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(ScriptCompleter))]
    public string[] Exclude { get; set; } = [];

    /// <summary>Gets or sets the folders to look in, instead of those of OE_SCRIPT_PATH; taken literally.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [Alias("Path", "LiteralPath")]
    public string[] ScriptPath { get; set; } = [];

    // Nothing that comes through the pipeline means nothing.
    private bool MeansAll => _asked.Count > 0 || !MyInvocation.ExpectingInput;

    /// <inheritdoc/>
    protected override void ProcessRecord() => _asked.AddRange(Number.SelectMany(ScriptReference.Read));

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        var resolver = new ScriptResolver(SessionState, ScriptPath);
        try
        {
            var excluded = Excluded(resolver);
            var asked = _asked.Where(reference => !reference.IsExclusion).ToArray();
            var found = asked.Length > 0 ? asked.SelectMany(reference => Resolve(resolver, reference)).ToArray()
                : MeansAll ? resolver.All()
                : [];
            WriteObject(found.Where(script => !excluded.Contains(script.Path)), enumerateCollection: true);
        }
        catch (CallRefusedException refused)
        {
            ThrowTerminatingError(refused.Record);
        }
    }

    private HashSet<string> Excluded(ScriptResolver resolver)
    {
        var excluded = new HashSet<string>(ScriptCatalog.PathComparer);
        var references = Exclude.SelectMany(ScriptReference.Read).Concat(_asked.Where(reference => reference.IsExclusion));
        foreach (var reference in references)
        {
            var found = resolver.Find(reference);
            excluded.UnionWith(found.Select(script => script.Path));
            if (found.Count == 0 && !reference.IsPattern)
            {
                WriteWarning($"There is no script {reference} that could be excluded.");
            }
        }

        return excluded;
    }

    // One that cannot be found does not keep the others away.
    private IReadOnlyList<OrchestrationScript> Resolve(ScriptResolver resolver, ScriptReference reference)
    {
        // If there is nothing to look through, that is said once.
        _ = reference.IsPath || reference.HasFolder ? null : resolver.All();
        try
        {
            var found = resolver.Resolve(reference);
            if (found.Count == 0)
            {
                WriteWarning($"No script matches {reference}.");
            }

            return found;
        }
        catch (CallRefusedException refused)
        {
            WriteError(refused.Record);
            return [];
        }
    }
}
