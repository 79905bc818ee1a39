# Feature: a bar of the whole call.
BeforeAll { . (Join-Path $PSScriptRoot '../TestSetup.ps1') }

Describe '-Progress' {
    It 'says how many items are done and how many failed' {
        $seen = [Threading.ManualResetEventSlim]::new()
        $session = Start-Session -ArgumentList $seen {
            param($seen)
            1..4 | Invoke-ParallelOrchestration -Progress { if ($_ -eq 2) { throw 'no' }; if ($_ -eq 4) { $null = ($using:seen).Wait(30000) } } 2>$null
        }
        Wait-Until { $session.Shell.Streams.Progress.Count -gt 0 } | Should -BeTrue
        $seen.Set()
        $null = Wait-Session $session
        $last = $session.Shell.Streams.Progress[-1]
        "$($last.Activity): $($last.StatusDescription -replace ', [\d.,]+/(s|min)$') $($last.PercentComplete)% $($last.RecordType)" |
            Should -Be 'Invoke-ParallelOrchestration: 4 of 4 done, 1 failed 100% Completed'
    }
}
