@{
    RootModule           = 'OrchestrationEngine.PowerShell.dll'
    ModuleVersion        = '0.1.0'
    CompatiblePSEditions = @('Core')
    GUID                 = '7f0c0f4e-5d0e-4b4a-9a53-2f1d3c7a9b61'
    Author               = 'The OrchestrationEngine authors'
    CompanyName          = 'The OrchestrationEngine authors'
    Copyright            = '(c) The OrchestrationEngine authors. MIT License.'
    Description          = 'Runs many things at once: script blocks over items on a native worker pool that loses nothing and does not hang.'
    PowerShellVersion    = '7.4'
    FormatsToProcess     = @('OrchestrationEngine.format.ps1xml')
    CmdletsToExport      = @(
        'Invoke-ParallelOrchestration', 'Get-OrchestrationPool', 'Clear-OrchestrationPool', 'Get-OrchestrationScript',
        'Show-OrchestrationRun', 'Clear-OrchestrationCache',
        'New-PlaybookDefinition', 'New-ScriptStep', 'New-ConditionalStep', 'New-ParallelStep',
        'Get-Playbook', 'Import-PlaybookDefinition', 'Test-PlaybookDefinition', 'Export-PlaybookDefinition',
        'Get-PlaybookPlan', 'Show-PlaybookGraph', 'New-Playbook',
        'Invoke-PlaybookWorkflow', 'Get-PlaybookStatus', 'Stop-PlaybookWorkflow', 'Resume-PlaybookWorkflow', 'Invoke-AitherPlaybook',
        'Register-OrchestrationStepType', 'Get-OrchestrationStepType', 'Unregister-OrchestrationStepType',
        'Enable-ParallelForEachObject', 'Disable-ParallelForEachObject')
    FunctionsToExport    = @()
    VariablesToExport    = @()
    NestedModules        = @('OrchestrationEngine.Aliases.psm1')
    AliasesToExport      = @('Validate-PlaybookDefinition')
    PrivateData          = @{
        PSData = @{
            Tags         = @('parallel', 'runspace', 'foreach', 'workflow', 'PSEdition_Core', 'Linux', 'MacOS', 'Windows')
            ReleaseNotes = 'See CHANGELOG.md in the source.'
        }
    }
}
