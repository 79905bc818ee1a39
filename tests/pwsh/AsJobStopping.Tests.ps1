# Whatever ends a job from outside, it ends in time and leaves nothing running.
[Diagnostics.CodeAnalysis.SuppressMessageAttribute('PSUseDeclaredVarsMoreThanAssignments', '', Justification = 'BeforeAll hands variables to other blocks')]
param()

BeforeAll {
    . (Join-Path $PSScriptRoot 'TestSetup.ps1')

    # No item runs or waits any more, and no call is open.
    function Wait-Quiet {
        Wait-Until { -not (Get-OrchestrationPool | Where-Object { $_.Running -or $_.Queued -or $_.Counters.OpenQueues }) }
    }
}

AfterAll {
    Get-Job | Where-Object { $_.GetType().Name -eq 'OrchestrationJob' } | Remove-Job -Force
}

Describe 'Stop-Job' {
    It 'stops what runs and keeps the rest from running' {
        $started, $finished = [Threading.CountdownEvent]::new(2), [Threading.CountdownEvent]::new(2)
        $job = 1..5 | Invoke-ParallelOrchestration -AsJob -ThrottleLimit 2 {
            "o$_"
            $null = ($using:started).Signal()
            try { Start-Sleep -Seconds 600 } finally { $null = ($using:finished).Signal() }
        }
        $started.Wait(30000) | Should -BeTrue
        Stop-Job $job
        Wait-Until { $job.State -eq 'Stopped' } | Should -BeTrue
        # The finally blocks have run, of these two and of no other.
        $finished.Wait(30000) | Should -BeTrue
        "$($job.ChildJobs.State)" | Should -Be 'Stopped Stopped Stopped Stopped Stopped'
        # Which were never started, one sees by their begin.
        $job.ChildJobs | ForEach-Object { $null -ne $_.PSBeginTime } | Should -Be $true, $true, $false, $false, $false
        $job | Receive-Job | Sort-Object | Should -Be o1, o2
        Wait-Quiet | Should -BeTrue
    }

    It 'does not wait for an item that cannot be stopped' {
        $started, $release = [Threading.CountdownEvent]::new(1), [Threading.ManualResetEventSlim]::new()
        $ended = [Threading.ManualResetEventSlim]::new()
        $job = 1, 2 | Invoke-ParallelOrchestration -AsJob -ThrottleLimit 1 {
            $null = ($using:started).Signal()
            ($using:release).Wait()
            ($using:ended).Set()
        }
        try {
            $started.Wait(30000) | Should -BeTrue
            Stop-Job $job
            Wait-Until { $job.State -eq 'Stopped' } | Should -BeTrue
            $ended.IsSet | Should -BeFalse
            Remove-Job $job
        } finally { $release.Set() }
        Wait-Quiet | Should -BeTrue
    }

    It 'ends a Receive-Job -Wait for the job elsewhere' {
        $started, $receiving = [Threading.ManualResetEventSlim]::new(), [Threading.ManualResetEventSlim]::new()
        $job = 1..3 | Invoke-ParallelOrchestration -AsJob -ThrottleLimit 1 { 'o'; ($using:started).Set(); Start-Sleep -Seconds 600 }
        $started.Wait(30000) | Should -BeTrue
        $session = Start-Session { param($Job, $Receiving) Receive-Job $Job -Wait | ForEach-Object { $Receiving.Set(); $_ }; 'after' } $job, $receiving
        $receiving.Wait(30000) | Should -BeTrue
        Stop-Job $job
        Wait-Session $session | Should -Be o, after
    }

    It 'does nothing to a job that has ended' {
        $job = 1 | Invoke-ParallelOrchestration -AsJob { 'o' }
        $null = Wait-Job $job -Timeout 60
        Stop-Job $job
        $job.StopJob()
        $job.ChildJobs[0].StopJob()
        "$($job.State) $($job.ChildJobs[0].State)" | Should -Be 'Completed Completed'
    }

    It 'stops one child, and the others go on' {
        $started, $go = [Threading.CountdownEvent]::new(2), [Threading.ManualResetEventSlim]::new()
        $job = 1..6 | Invoke-ParallelOrchestration -AsJob -ThrottleLimit 2 {
            if ($_ -le 2) { $null = ($using:started).Signal() }
            while (-not ($using:go).Wait(5)) { }
            "o$_"
        }
        try {
            $started.Wait(30000) | Should -BeTrue
            Wait-Until { "$($job.ChildJobs[0, 1].State)" -eq 'Running Running' } | Should -BeTrue
            # One that runs, and one that would have.
            Stop-Job $job.ChildJobs[0]
            Stop-Job $job.ChildJobs[3]
            Wait-Until { $job.ChildJobs[0].State -eq 'Stopped' } | Should -BeTrue
        } finally { $go.Set() }
        $null = Wait-Job $job -Timeout 60
        "$($job.State): $($job.ChildJobs.State)" | Should -Be 'Failed: Stopped Completed Completed Stopped Completed Completed'
        $job | Receive-Job | Sort-Object | Should -Be o2, o3, o5, o6
    }
}

Describe 'Remove-Job' {
    It 'refuses a job that runs, and with -Force stops it' {
        $started = [Threading.CountdownEvent]::new(2)
        $job = 1..4 | Invoke-ParallelOrchestration -AsJob -ThrottleLimit 2 { $null = ($using:started).Signal(); Start-Sleep -Seconds 600 }
        $started.Wait(30000) | Should -BeTrue
        { Remove-Job $job -ErrorAction Stop } | Should -Throw -ErrorId 'JobObjectNotFinishedCannotBeRemoved,*'
        Remove-Job $job -Force
        Get-Job | Should -Not -Contain $job
        Wait-Quiet | Should -BeTrue
    }

    It 'with -Force leaves no worker with an item that cannot be stopped' {
        $started, $release = [Threading.ManualResetEventSlim]::new(), [Threading.ManualResetEventSlim]::new()
        $job = 1 | Invoke-ParallelOrchestration -AsJob { ($using:started).Set(); ($using:release).Wait() }
        try {
            $started.Wait(30000) | Should -BeTrue
            Remove-Job $job -Force
            Wait-Quiet | Should -BeTrue
        } finally { $release.Set() }
    }
}

Describe 'A job' {
    It 'goes on when whoever waits for it in Receive-Job -Wait is stopped (Ctrl+C)' {
        $receiving, $go = [Threading.ManualResetEventSlim]::new(), [Threading.ManualResetEventSlim]::new()
        $job = 1, 2 | Invoke-ParallelOrchestration -AsJob -ThrottleLimit 1 { "o$_"; $null = ($using:go).Wait(60000); "p$_" }
        try {
            $session = Start-Session { param($Job, $Receiving) Receive-Job $Job -Wait | ForEach-Object { $Receiving.Set() } } $job, $receiving
            $receiving.Wait(30000) | Should -BeTrue
            Stop-Session $session | Should -Be Stopped
            "$($job.State)" | Should -Be Running
        } finally { $go.Set() }
        $null = Wait-Job $job -Timeout 60
        "$($job.State)" | Should -Be Completed
        $job | Receive-Job | Should -Be p1, o2, p2
    }

    It 'does not keep the process from ending: <Name>' -ForEach @(
        @{ Name = 'a sleep'; Block = '{ Start-Sleep -Seconds 600 }' }
        @{ Name = 'a call of .NET that cannot be stopped'; Block = '{ [Threading.Thread]::Sleep(8000) }' }
    ) {
        $fresh = Invoke-Fresh @"
`$job = 1..3 | Invoke-ParallelOrchestration -AsJob -ThrottleLimit 2 $Block
while (`$job.ChildJobs[1].State -ne 'Running') { Start-Sleep -Milliseconds 10 }
'ending'
exit 3
"@
        $fresh.Output | Should -Be ending
        $fresh.ErrorText | Should -BeNullOrEmpty
        $fresh.ExitCode | Should -Be 3
    }

    It 'that a stopped pipeline would have started is not there' {
        $taken = [Threading.ManualResetEventSlim]::new()
        $session = Start-Session {
            param($Taken)
            & { 1; 2; $Taken.Set(); Start-Sleep -Seconds 600 } | Invoke-ParallelOrchestration -AsJob { }
        } (, $taken)
        $taken.Wait(30000) | Should -BeTrue
        Stop-Session $session | Should -Be Stopped
        Wait-Quiet | Should -BeTrue
    }
}
