using System.Collections;
using System.Collections.Specialized;
using System.Management.Automation;
using System.Management.Automation.Language;
using OrchestrationEngine.Native;
using OrchestrationEngine.PowerShell.Output;
using OrchestrationEngine.PowerShell.Playbooks;
using OrchestrationEngine.PowerShell.Runspaces;

namespace OrchestrationEngine.PowerShell.Cmdlets;

/// <summary>Lets the playbooks of this session have steps of a further type.</summary>
[Cmdlet(VerbsLifecycle.Register, "OrchestrationStepType", DefaultParameterSetName = BlockSet)]
public sealed class RegisterOrchestrationStepTypeCommand : PSCmdlet
{
    private const string BlockSet = "ScriptBlock";
    private const string CommandSet = "Command";

    /// <summary>Gets or sets the name of the type.</summary>
    [Parameter(Mandatory = true, Position = 0)]
    [ValidateNotNullOrEmpty]
    public string Name { get; set; } = null!;

    /// <summary>Gets or sets what a step of the type runs.</summary>
    [Parameter(Mandatory = true, Position = 1, ParameterSetName = BlockSet)]
    [ValidateNotNull]
    public ScriptBlock? ScriptBlock { get; set; }

    /// <summary>Gets or sets the command that a step of the type calls.</summary>
    [Parameter(Mandatory = true, ParameterSetName = CommandSet)]
    [ValidateNotNullOrEmpty]
    public string? Command { get; set; }

    /// <summary>Gets or sets what a step of the type is given, by name: a type, or a table as in a playbook's parameters.</summary>
    [Parameter]
    [ValidateNotNull]
    public IDictionary? Schema { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        try
        {
            var type = Read();
            PlaybookQuestion.Check(type, SessionState.Path.CurrentFileSystemLocation.ProviderPath);
            StepTypes.Add(type);
        }
        catch (CallRefusedException refused)
        {
            ThrowTerminatingError(refused.Record);
        }
        catch (EngineException problem) when (problem.Status == EngineStatus.InvalidArgument)
        {
            ThrowTerminatingError(StepTypeErrors.Refused(problem, Name));
        }
        catch (EngineException problem)
        {
            ThrowTerminatingError(Errors.EngineRefused(problem));
        }
        catch (EngineLibraryException problem)
        {
            ThrowTerminatingError(Errors.LibraryUnusable(problem));
        }
    }

    private OrchestrationStepType Read()
    {
        RefuseBlock();
        var told = StepTable.New();
        told.Add("name", Name);
        told.AddIfGiven("script", ScriptBlock?.ToString());
        told.AddIfGiven("command", Command);
        if (Schema is not null)
        {
            told.Add("parameters", Declared(Schema));
        }

        return new OrchestrationStepType(Name, DefinitionJson.Of(told, "-Schema"))
        {
            ScriptBlock = ScriptBlock,
            Command = Command,
            Schema = Schema,
        };
    }

    // It is run by its text, in whichever runspace or process does the step.
    private void RefuseBlock()
    {
        if (ScriptBlock?.Ast is FunctionDefinitionAst)
        {
            throw new CallRefusedException(StepTypeErrors.BlockIsFunction(Name));
        }

        if (ScriptBlock?.Ast.Find(tree => tree is UsingExpressionAst, searchNestedScriptBlocks: false) is { } outside)
        {
            throw new CallRefusedException(StepTypeErrors.UsesVariable(outside.Extent.Text));
        }
    }

    private static OrderedDictionary Declared(IDictionary schema)
    {
        var declared = StepTable.New();
        foreach (DictionaryEntry entry in schema)
        {
            declared.Add($"{entry.Key}", PlainValue.Of(entry.Value) switch
            {
                string type => new Hashtable { ["type"] = type },
                IDictionary table => table,
                _ => throw new CallRefusedException(StepTypeErrors.SchemaInvalid($"{entry.Key}")),
            });
        }

        return declared;
    }
}
