# Feature: an undefined $using: variable is an error before anything runs, not $null.
BeforeAll { . (Join-Path $PSScriptRoot '../TestSetup.ps1') }

Describe 'An undefined $using: variable' {
    It 'ends the call with the id of ForEach-Object -Parallel: <_>' -ForEach '1 | Invoke-ParallelOrchestration', '1 | ForEach-Object -Parallel' {
        Invoke-WithLimit -ArgumentList $_ {
            param($Call)
            Enable-ParallelForEachObject
            try { & ([scriptblock]::Create("$Call { 'ran'; `$using:missing }")) } catch { $_.FullyQualifiedErrorId -replace ',.*' }
        } | Should -Be 'UsingVariableIsUndefined'
    }
}
