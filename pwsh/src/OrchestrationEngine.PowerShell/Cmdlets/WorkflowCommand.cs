using System;
using System.Management.Automation;
using OrchestrationEngine.PowerShell.Tasks;
using OrchestrationEngine.PowerShell.Workflows;

namespace OrchestrationEngine.PowerShell.Cmdlets;

/// <summary>A cmdlet that runs a playbook.</summary>
public abstract class WorkflowCommand : PSCmdlet, IDisposable
{
    private readonly PlaybookCall _call;

    private protected WorkflowCommand() => _call = new PlaybookCall(this);

    /// <summary>Gets the full path of the caller's folder.</summary>
    private protected string Location => SessionState.Path.CurrentFileSystemLocation.ProviderPath;

    /// <summary>Gets the full path of the folder in which workflows are kept.</summary>
    private protected string StatePath => StateFolder.Find(Location);

    /// <summary>Runs a playbook, or says what it would do if only that was asked for.</summary>
    /// <param name="request">The playbook, and what it is told.</param>
    /// <param name="options">How to wait for it.</param>
    /// <param name="isDryRun">Whether nothing is to run in any case.</param>
    private protected void Run(WorkflowRequest request, PlaybookOptions options, bool isDryRun)
    {
        if (isDryRun)
        {
            PlaybookCheck.Of(request.Source!, request).WritePlanned(this, request);
        }
        else if (ShouldProcess(
            $"Running the playbook '{request.Title}'.", $"Run the playbook '{request.Title}'?", "Playbook", out var reason))
        {
            _call.Run(request, options);
        }
        else if (reason == ShouldProcessReason.WhatIf && request.Source is not null)
        {
            PlaybookCheck.Of(request.Source!, request).WritePlanned(this, request);
        }
    }

    /// <inheritdoc/>
    protected override void StopProcessing() => _call.Stop();

    /// <summary>Ends the workflow, however the pipeline ended.</summary>
    public void Dispose()
    {
        _call.Dispose();
        GC.SuppressFinalize(this);
    }
}
