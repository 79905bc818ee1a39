# P#13433, P#12069, PowerShell-Docs#6160, SplitPipeline#15: no progress of the whole call, with the time that is left.
# P#14254: the progress of items is lost. P#24590, P#24575: that of several is mixed up.
BeforeAll { . (Join-Path $PSScriptRoot '../TestSetup.ps1') }

Describe 'Progress' {
    It 'is that of the whole call: how many of how many, how fast, how many failed, and how long yet' {
        $gate = [Threading.ManualResetEventSlim]::new()
        $session = Start-Session {
            param($gate)
            1..8 | Invoke-ParallelOrchestration -ThrottleLimit 6 -QueueCapacity 2 -Progress -ErrorAction SilentlyContinue { if ($_ -eq 1) { throw 'no' }; if ($_ -gt 2) { $null = ($using:gate).Wait(30000) } }
        } $gate
        Wait-Bar $session '2 of 8 done, 1 failed 25%' | Should -BeTrue
        $record = @($session.Shell.Streams.Progress | Where-Object PercentComplete -EQ 25)[0]
        $record.StatusDescription | Should -Match '^2 of 8 done, 1 failed, [\d.]+/s$'
        $record.SecondsRemaining | Should -BeGreaterThan 0
        $gate.Set()
        $null = Wait-Session $session
    }

    It 'of items that all choose the same id is that of each' {
        $gate = [Threading.ManualResetEventSlim]::new()
        $session = Start-Session {
            param($gate)
            1..3 | Invoke-ParallelOrchestration -ThrottleLimit 3 -Progress { Write-Progress -Id 1 -Activity "item $_" -PercentComplete ($_ * 10); $null = ($using:gate).Wait(30000) }
        } $gate
        $bars = { @($session.Shell.Streams.Progress | Where-Object Activity -Like 'item*' | Sort-Object ActivityId -Unique) }
        Wait-Until { @(& $bars).Count -eq 3 } | Should -BeTrue
        & $bars | Sort-Object Activity | ForEach-Object { "$($_.Activity) $($_.PercentComplete)%" } | Should -Be 'item 1 10%', 'item 2 20%', 'item 3 30%'
        $gate.Set()
        $null = Wait-Session $session
    }

    It 'of items is not lost without -Progress, and not in a job: <Name>' -ForEach @(
        @{ Name = 'call'; Call = { 1..3 | Invoke-ParallelOrchestration { Write-Progress "item $_" } } }
        @{ Name = 'job'; Call = { 1..3 | Invoke-ParallelOrchestration -AsJob { Write-Progress "item $_" } | Receive-Job -Wait -AutoRemoveJob } }
    ) {
        $session = Start-Session $Call
        $null = Wait-Session $session
        $session.Shell.Streams.Progress.Activity | Sort-Object | Should -Be 'item 1', 'item 2', 'item 3'
    }
}
