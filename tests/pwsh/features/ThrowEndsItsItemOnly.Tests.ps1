# Feature: throw ends its item with an error, and the others go on.
BeforeAll { . (Join-Path $PSScriptRoot '../TestSetup.ps1') }

Describe 'throw in an item' {
    It 'is an error of the call that can be redirected, and the others run' {
        Invoke-WithLimit { 1..3 | Invoke-ParallelOrchestration -Ordered { if ($_ -eq 2) { 'before'; throw "no $_" }; "item $_" } 2>&1 | ForEach-Object { "$($_.GetType().Name) $_" } } |
            Should -Be 'String item 1', 'String before', 'ErrorRecord no 2', 'String item 3'
    }
}
