# Of how many items a call has done so many, where that can be known before all of them are read.
[Diagnostics.CodeAnalysis.SuppressMessageAttribute('PSUseDeclaredVarsMoreThanAssignments', '', Justification = '-ForEach hands variables to other blocks')]
param()

BeforeAll {
    . (Join-Path $PSScriptRoot 'TestSetup.ps1')

    # The last bar of a call whose items wait until a bar has been seen.
    function Get-LastBar([scriptblock] $Call, [string] $Meanwhile) {
        $gate = [Threading.ManualResetEventSlim]::new()
        $session = Start-Session $Call $gate
        Wait-Bar $session $Meanwhile | Should -BeTrue
        $gate.Set()
        $null = Wait-Session $session
        (Get-Bar $session)[-1]
    }
}

Describe 'The total of -Progress' -Tag Semantics {
    # One item runs, one waits, and the others are not read: without the total there would be none.
    It 'is known from the start for <Name>' -ForEach @(
        @{ Name = 'a range'; Total = 40; Call = { param($gate) 1..40 | Invoke-ParallelOrchestration -ThrottleLimit 1 -QueueCapacity 1 -Progress { $null = ($using:gate).Wait(30000) } } }
        @{ Name = 'a range that goes down, by variables'; Total = 31; Call = { param($gate) $from = 40; (($from)..10) | Out-Null; $to = 10; $from..$to | Invoke-ParallelOrchestration -ThrottleLimit 1 -QueueCapacity 1 -Progress { $null = ($using:gate).Wait(30000) } } }
        @{ Name = 'a variable, on two lines'; Total = 5; Call = {
                param($gate)
                $list = 1..5
                $list |
                    Invoke-ParallelOrchestration -ThrottleLimit 1 -QueueCapacity 1 -Progress { $null = ($using:gate).Wait(30000) }
            }
        }
        @{ Name = 'a list of .NET in a scope'; Total = 6; Call = { param($gate) $global:list = [Collections.Generic.List[int]] (1..6); $global:list | Invoke-ParallelOrchestration -ThrottleLimit 1 -QueueCapacity 1 -Progress { $null = ($using:gate).Wait(30000) } | Write-Output } }
        @{ Name = 'values'; Total = 3; Call = { param($gate) 'a', (1, 2), 'c' | Invoke-ParallelOrchestration -ThrottleLimit 1 -QueueCapacity 1 -Progress { $null = ($using:gate).Wait(30000) } } }
        @{ Name = 'a parameter of a function'; Total = 4; Call = { param($gate) function Invoke-It($Things) { $found = @($Things | Invoke-ParallelOrchestration -ThrottleLimit 1 -QueueCapacity 1 -Progress { $null = ($using:gate).Wait(30000) }); $found }; Invoke-It (1..4) } }
        @{ Name = 'batches, the last of them short'; Total = 4; Call = { param($gate) (1..10) | Invoke-ParallelOrchestration -BatchSize 3 -ThrottleLimit 1 -QueueCapacity 1 -Progress { $null = ($using:gate).Wait(30000) } } }
        @{ Name = 'a call that has others in its block'; Total = 5; Call = { param($gate) 1..5 | Invoke-ParallelOrchestration -ThrottleLimit 1 -QueueCapacity 1 -Progress { 1..2 | Invoke-ParallelOrchestration { }; $null = ($using:gate).Wait(30000) } } }
    ) {
        Get-LastBar $Call "0 of $Total done 0%" | Should -Be "$Total of $Total done 100%."
    }

    It 'is not made up for <Name>' -ForEach @(
        @{ Name = 'what a command gives'; Call = { param($gate) Write-Output 1 2 3 | Invoke-ParallelOrchestration -ThrottleLimit 1 -QueueCapacity 1 -Progress { $null = ($using:gate).Wait(30000) } } }
        @{ Name = 'what a command in parentheses gives'; Call = { param($gate) (Write-Output 1 2 3) | Invoke-ParallelOrchestration -ThrottleLimit 1 -QueueCapacity 1 -Progress { $null = ($using:gate).Wait(30000) } } }
        @{ Name = 'a list that a command takes from'; Call = { param($gate) $list = 1..3; $list | Write-Output | Invoke-ParallelOrchestration -ThrottleLimit 1 -QueueCapacity 1 -Progress { $null = ($using:gate).Wait(30000) } } }
        @{ Name = 'a filter'; Call = { param($gate) 1..3 | Invoke-ParallelOrchestration -Filter { $true } -ThrottleLimit 1 -QueueCapacity 1 -Progress { $null = ($using:gate).Wait(30000) } } }
        @{ Name = 'a queue'; Call = { param($gate) $queue = [Collections.Queue]::new(1..3); $queue | Invoke-ParallelOrchestration -ThrottleLimit 1 -QueueCapacity 1 -Progress { $null = ($using:gate).Wait(30000) } } }
    ) {
        Get-LastBar $Call '0 done, 2 read -1%' | Should -Be '3 of 3 done 100%.'
    }

    It 'is given up when more comes than was there at the start' {
        $first, $second = 1..2 | ForEach-Object { [Threading.ManualResetEventSlim]::new() }
        $list = [System.Management.Automation.PSDataCollection[int]]::new()
        1..3 | ForEach-Object { $list.Add($_) }
        $session = Start-Session {
            param($list, $first, $second)
            $list | Invoke-ParallelOrchestration -ThrottleLimit 1 -QueueCapacity 1 -Progress {
                $gate = if ($_ -le 3) { $using:first } else { $using:second }
                $null = $gate.Wait(30000)
            }
        } $list, $first, $second
        # The third is not read yet, so the list can grow.
        Wait-Bar $session '0 of 3 done 0%' | Should -BeTrue
        4..6 | ForEach-Object { $list.Add($_) }
        $first.Set()
        Wait-Bar $session '3 done, 5 read -1%' | Should -BeTrue
        $second.Set()
        $null = Wait-Session $session
        (Get-Bar $session)[-1] | Should -Be '6 of 6 done 100%.'
    }
}

Describe 'The progress of a job' -Tag Semantics {
    It 'is in its own stream, as the newest record alone, and that of items in those of its children' {
        $session = Start-Session {
            $gates = 1..3 | ForEach-Object { [Threading.ManualResetEventSlim]::new() }
            $job = 0..2 | Invoke-ParallelOrchestration -AsJob -ThrottleLimit 3 -Progress {
                Write-Progress "item $_"
                $gates = $using:gates
                $null = $gates[$_].Wait(30000)
                if ($_ -eq 1) { throw 'no' }
            }
            $until = [datetime]::UtcNow.AddSeconds(30)
            foreach ($number in 0..2) {
                do { Start-Sleep -Milliseconds 20; $newest = @($job.Progress) } until (($newest.Count -eq 1 -and $newest[0].StatusDescription -like "$number of 3 done*") -or [datetime]::UtcNow -gt $until)
                '{0} {1}' -f ($newest[0].StatusDescription -replace ', [\d.,]+/s$'), $newest[0].PercentComplete
                $gates[$number].Set()
            }
            $null = Wait-Job $job
            '{0} {1} {2}' -f ($job.Progress.StatusDescription -replace ', [\d.,]+/s$'), $job.Progress.PercentComplete, $job.Progress.RecordType
            $job.ChildJobs.Progress.Activity
            Remove-Job $job
        }
        Wait-Session $session | Should -Be '0 of 3 done 0', '1 of 3 done 33', '2 of 3 done, 1 failed 66', '3 of 3 done, 1 failed 100 Completed', 'item 0', 'item 1', 'item 2'
    }

    It 'is shown by Receive-Job while the job runs' {
        $gate = [Threading.ManualResetEventSlim]::new()
        $session = Start-Session {
            param($gate)
            1..2 | Invoke-ParallelOrchestration -AsJob -Progress { $null = ($using:gate).Wait(30000); $_ } | Receive-Job -Wait -AutoRemoveJob
        } $gate
        Wait-Bar $session '0 of 2 done 0%' | Should -BeTrue
        $gate.Set()
        Wait-Session $session | Sort-Object | Should -Be 1, 2
        (Get-Bar $session)[-1] | Should -Be '2 of 2 done 100%.'
    }
}
