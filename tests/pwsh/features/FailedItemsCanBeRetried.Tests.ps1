# Feature: items that fail are run again.
BeforeAll { . (Join-Path $PSScriptRoot '../TestSetup.ps1') }

Describe '-RetryCount' {
    It 'runs a failed item again, if -RetryOn says so, and keeps the output of its last attempt' {
        Invoke-WithLimit {
            'twice', 'never' | Invoke-ParallelOrchestration -Ordered -PassThru -RetryCount 3 -RetryOn { "$_" -ne 'never' } {
                "attempt $($Orchestration.Attempt)"
                if ($_ -eq 'never' -or $Orchestration.Attempt -lt 2) { throw $_ }
            } | ForEach-Object { "$($_.Input) $($_.Status) $($_.Attempts): $($_.Output)" }
        } | Should -Be 'twice Succeeded 2: attempt 2', 'never Failed 1: attempt 1'
    }
}
