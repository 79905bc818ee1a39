# P#15302: $PSScriptRoot is empty in items.
BeforeAll { . (Join-Path $PSScriptRoot '../TestSetup.ps1') }

Describe '$PSScriptRoot' {
    It 'is the folder of the script that has the block' {
        1 | Invoke-ParallelOrchestration { $PSScriptRoot; Split-Path -Leaf $PSCommandPath } |
            Should -Be $PSScriptRoot, 'ScriptRootIsKnown.Tests.ps1'
    }
}
