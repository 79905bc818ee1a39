# Imported by Enable-ParallelForEachObject; not meant to be imported by itself.
@{
    RootModule           = 'OrchestrationEngine.ForEachObject.dll'
    ModuleVersion        = '0.1.0'
    CompatiblePSEditions = @('Core')
    GUID                 = '2c1f3b0a-8a55-4a0b-9d0e-6f6f2f9c5b1e'
    Author               = 'The OrchestrationEngine authors'
    CompanyName          = 'The OrchestrationEngine authors'
    Copyright            = '(c) The OrchestrationEngine authors. MIT License.'
    Description          = 'ForEach-Object with its -Parallel on the engine of the module OrchestrationEngine.'
    PowerShellVersion    = '7.4'
    CmdletsToExport      = @('ForEach-Object')
    FunctionsToExport    = @()
    VariablesToExport    = @()
    AliasesToExport      = @()
}
