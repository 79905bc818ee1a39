# Feature: the host of an item: what is written to it reaches the caller, what is asked fails instead of hanging.
BeforeAll { . (Join-Path $PSScriptRoot '../TestSetup.ps1') }

Describe 'The host of an item' {
    It 'hands on what Write-Host writes, as a record' {
        Invoke-WithLimit { 1 | Invoke-ParallelOrchestration { Write-Host 'one'; Write-Host 'two' -ForegroundColor Red } 6>&1 } | Get-StreamText |
            Should -Be 'information one', 'information two'
    }

    It 'asks nobody' {
        Invoke-WithLimit { 1 | Invoke-ParallelOrchestration { Read-Host 'name'; 'after' } 2>&1 | ForEach-Object { "$_" -replace '^.*(cannot ask questions).*$', '$1' } } | Should -Be 'cannot ask questions', 'after'
    }

    It 'does not end the process by exit' {
        (Invoke-Fresh "1 | Invoke-ParallelOrchestration { exit 5 }; 1 | Invoke-ParallelOrchestration { `$Host.SetShouldExit(6) }; 'still here'").Output | Should -Be 'still here'
    }
}
