# Feature: errors of items are records in the error stream of the call, when they are written.
BeforeAll { . (Join-Path $PSScriptRoot '../TestSetup.ps1') }

Describe 'An error of an item' {
    It 'arrives while its item runs, with id and item' {
        Invoke-WithLimit {
            $gate = [Threading.ManualResetEventSlim]::new()
            'a' | Invoke-ParallelOrchestration { Write-Error 'early' -ErrorId Early; ($using:gate).Wait(30000) } 2>&1 | ForEach-Object {
                if ($_ -is [bool]) { $_ } else { "$_"; $_.FullyQualifiedErrorId; $_.ItemIndex; $gate.Set() }
            }
        } | Should -Be 'early', 'Early', 0, $true
    }
}
