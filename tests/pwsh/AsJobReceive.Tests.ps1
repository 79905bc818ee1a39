# What Receive-Job gets of a job, and when.
BeforeAll {
    . (Join-Path $PSScriptRoot 'TestSetup.ps1')
}

AfterAll {
    Get-Job | Where-Object { $_.GetType().Name -eq 'OrchestrationJob' } | Remove-Job -Force
}

Describe 'Receive-Job' -Tag Semantics {
    It 'gives all streams of all items' {
        $job = 1, 2 | Invoke-ParallelOrchestration -AsJob (Get-BlockOfEveryStream)
        $null = Wait-Job $job -Timeout 60
        $found = $job | Receive-Job -Verbose -Debug *>&1 | Get-StreamText
        $found | Should -Be @(foreach ($n in 1, 2) {
                "output a$n", "output h$n", "error b$n", "verbose d$n", "debug e$n", "warning c$n", "information f$n", "information g$n"
            })
    }

    It 'finds each record in the stream of its child, progress too' {
        $job = 1, 2 | Invoke-ParallelOrchestration -AsJob (Get-BlockOfEveryStream)
        $null = Wait-Job $job -Timeout 60
        foreach ($n in 1, 2) {
            $child = $job.ChildJobs[$n - 1]
            "$($child.Output)|$($child.Error)|$($child.Warning)|$($child.Verbose)|$($child.Debug)|$($child.Information)" |
                Should -Be "a$n h$n|b$n|c$n|d$n|e$n|f$n g$n"
            "$($child.Progress.Activity) $($child.Progress.PercentComplete)" | Should -Be "p$n 50"
        }
    }

    It 'shows the progress of items' {
        $seen = Invoke-WithLimit {
            $job = 1 | Invoke-ParallelOrchestration -AsJob { Write-Progress -Activity moving -Status s }
            $null = Wait-Job $job -Timeout 60
            $shell = [powershell]::Create('NewRunspace')
            $null = $shell.AddCommand('Receive-Job').AddParameter('Job', $job)
            $null = $shell.Invoke()
            $shell.Streams.Progress.Activity
            $shell.Dispose()
        }
        $seen | Should -Be moving
    }

    It 'takes what it gives, or leaves it with -Keep' {
        $job = 1, 2 | Invoke-ParallelOrchestration -AsJob { "o$_" }
        $null = Wait-Job $job -Timeout 60
        $job | Receive-Job -Keep | Should -Be o1, o2
        $job.HasMoreData | Should -BeTrue
        $job | Receive-Job | Should -Be o1, o2
        $job.HasMoreData | Should -BeFalse
        $job | Receive-Job | Should -BeNullOrEmpty
    }

    It 'waits and removes with -Wait -AutoRemoveJob' {
        $found = Invoke-WithLimit {
            $job = 1..4 | Invoke-ParallelOrchestration -AsJob { Start-Sleep -Milliseconds 50; "o$_" }
            $job | Receive-Job -Wait -AutoRemoveJob | Sort-Object
            "$(@(Get-Job).Count) $($job.State)"
        }
        $found | Should -Be o1, o2, o3, o4, '0 Completed'
    }

    It 'gives output with -Wait while other items run' {
        $release = [Threading.ManualResetEventSlim]::new()
        $found = Invoke-WithLimit {
            param($Release)
            1, 2 | Invoke-ParallelOrchestration -AsJob -ThrottleLimit 2 {
                if ($_ -eq 1) { 'early' } else { if (-not ($using:Release).Wait(30000)) { 'nobody came' }; 'late' }
            } | Receive-Job -Wait | ForEach-Object { $_; $Release.Set() }
        } (, $release)
        $found | Should -Be early, late
    }

    It 'ends with -Wait although items were never started: <Name>' -ForEach @(
        @{ Name = 'a time limit'; Parameters = @{ TimeoutSeconds = 0.3 } }
        @{ Name = 'a first failure'; Parameters = @{ StopOnError = $true } }
    ) {
        $found = Invoke-WithLimit {
            param($Parameters)
            1..20 | Invoke-ParallelOrchestration -AsJob -ThrottleLimit 1 @Parameters { if ($_ -eq 2) { Start-Sleep -Seconds 1; throw 'x' }; $_ } |
                Receive-Job -Wait -AutoRemoveJob -ErrorAction SilentlyContinue
            'after'
        } (, $Parameters)
        $found | Should -Be 1, after
    }

    It 'keeps objects as they are' {
        $object = [Collections.ArrayList]@(1, 2)
        $job = 1 | Invoke-ParallelOrchestration -AsJob { , $using:object }
        $null = Wait-Job $job -Timeout 60
        $found = $job | Receive-Job
        [object]::ReferenceEquals($found, $object) | Should -BeTrue
    }
}

Describe 'Whoever listens to a job' {
    It 'hears of each state, and may stop the job from there' {
        $found = Invoke-WithLimit {
            $go = [Threading.ManualResetEventSlim]::new()
            $job = 1..3 | Invoke-ParallelOrchestration -AsJob -ThrottleLimit 1 { $null = ($using:go).Wait(30000); if ($_ -eq 2) { Start-Sleep -Seconds 600 } }
            $null = Register-ObjectEvent $job.ChildJobs[0] StateChanged -SourceIdentifier first
            $null = Register-ObjectEvent $job StateChanged -SourceIdentifier parent
            $null = Register-ObjectEvent $job.ChildJobs[1] StateChanged -MessageData $job -Action { Stop-Job $Event.MessageData }
            $go.Set()
            $null = Wait-Event -SourceIdentifier parent -Timeout 30
            (Get-Event -SourceIdentifier first).SourceEventArgs.JobStateInfo.State | Select-Object -Last 1
            (Get-Event -SourceIdentifier parent).SourceEventArgs.JobStateInfo.State
            "$($job.State): $($job.ChildJobs.State)"
        }
        $found | Should -Be Completed, Stopped, 'Stopped: Completed Stopped Stopped'
    }

    It 'may throw, which is no failure of the job' {
        $found = Invoke-WithLimit {
            $go = [Threading.ManualResetEventSlim]::new()
            $job = 1, 2 | Invoke-ParallelOrchestration -AsJob -ThrottleLimit 1 { $null = ($using:go).Wait(30000); "o$_" }
            # On the job's thread no runspace is there to run them, so both throw.
            $job.ChildJobs[0].add_StateChanged({ throw 'state' })
            $job.ChildJobs[0].Output.add_DataAdded({ throw 'data' })
            $go.Set()
            $null = Wait-Job $job -Timeout 30
            $job | Receive-Job
            "$($job.State)"
        }
        $found | Should -Be o1, o2, Completed
    }

    It 'may stop the job while Receive-Job writes what there is' {
        $found = Invoke-WithLimit {
            $started = [Threading.CountdownEvent]::new(2)
            $job = 1..5 | Invoke-ParallelOrchestration -AsJob -ThrottleLimit 2 { "o$_"; $null = ($using:started).Signal(); Start-Sleep -Seconds 600 }
            $null = $started.Wait(30000)
            $job | Receive-Job -Wait | ForEach-Object { Stop-Job $job; $_ } | Sort-Object
            "$($job.State)"
        }
        $found | Should -Be o1, o2, Stopped
    }
}
