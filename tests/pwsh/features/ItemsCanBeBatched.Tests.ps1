# Feature: several inputs make one item.
BeforeAll { . (Join-Path $PSScriptRoot '../TestSetup.ps1') }

Describe '-BatchSize' {
    It 'gives the block arrays of that many inputs' {
        Invoke-WithLimit { 1..7 | Invoke-ParallelOrchestration -Ordered -BatchSize 3 { "$($_.Count): $_" } } | Should -Be '3: 1 2 3', '3: 4 5 6', '1: 7'
    }
}
