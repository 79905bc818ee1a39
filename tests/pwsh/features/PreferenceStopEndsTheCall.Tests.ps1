# Feature: $ErrorActionPreference = Stop of the caller ends the call at its first error.
BeforeAll { . (Join-Path $PSScriptRoot '../TestSetup.ps1') }

Describe '$ErrorActionPreference = "Stop"' {
    It 'ends the call with the error of the item, which can be caught, and stops the others' {
        Invoke-WithLimit {
            $ErrorActionPreference = 'Stop'
            try { 1..2 | Invoke-ParallelOrchestration -ThrottleLimit 2 { if ($_ -eq 1) { throw 'first' }; Start-Sleep -Seconds 600; 'never' } } catch { "caught $_" }
        } | Should -Be 'caught first'
    }
}
