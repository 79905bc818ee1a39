# -AsJob: a real job with a child for each item, whose states and streams say what the items did.
[Diagnostics.CodeAnalysis.SuppressMessageAttribute('PSUseDeclaredVarsMoreThanAssignments', '', Justification = 'BeforeAll and -ForEach hand variables to other blocks')]
param()

BeforeAll {
    . (Join-Path $PSScriptRoot 'TestSetup.ps1')

    function Wait-Ended([Parameter(ValueFromPipeline)] $Job) {
        process {
            $null = Wait-Job $Job -Timeout 60
            if ($Job.State -notin 'Completed', 'Failed', 'Stopped') { throw "The job was still $($Job.State)." }
            $Job
        }
    }

    # State and reason of each child, as one text.
    function Get-ChildText($Job) {
        foreach ($child in $Job.ChildJobs) { "$($child.State) $($child.JobStateInfo.Reason.Message)".Trim() }
    }
}

AfterAll {
    Get-Job | Where-Object { $_.GetType().Name -eq 'OrchestrationJob' } | Remove-Job -Force
}

Describe 'A job' -Tag Semantics {
    It 'has a child for each item, and ends as Completed' {
        $job = 'a', 'b', 'c' | Invoke-ParallelOrchestration -AsJob { "got $_" } | Wait-Ended
        $job | Should -BeOfType System.Management.Automation.Job
        $job.State | Should -Be Completed
        $job.ChildJobs.Count | Should -Be 3
        Get-ChildText $job | Should -Be Completed, Completed, Completed
        $job.ChildJobs.Output.ForEach({ "$_" }) | Should -Be 'got a', 'got b', 'got c'
    }

    It 'looks like one of ForEach-Object -Parallel' {
        $block = { "Hello $_" }
        $ours = 1, 2 | Invoke-ParallelOrchestration -AsJob $block | Wait-Ended
        $theirs = 1, 2 | ForEach-Object -AsJob -Parallel $block | Wait-Ended
        foreach ($property in 'Command', 'Location', 'PSJobTypeName', 'State', 'StatusMessage', 'HasMoreData') {
            $ours.$property | Should -BeExactly $theirs.$property -Because $property
            $ours.ChildJobs[1].$property | Should -BeExactly $theirs.ChildJobs[1].$property -Because "$property of a child"
        }
        $ours.Name | Should -BeExactly "Job$($ours.Id)"
        $ours.ChildJobs[0].Name | Should -BeExactly "Job$($ours.ChildJobs[0].Id)"
        $theirs | Remove-Job
    }

    It 'knows when it and each child began and ended' {
        $job = 1, 2 | Invoke-ParallelOrchestration -AsJob -ThrottleLimit 1 { } | Wait-Ended
        $times = $job.PSBeginTime, $job.ChildJobs[0].PSBeginTime, $job.ChildJobs[0].PSEndTime, $job.ChildJobs[1].PSEndTime, $job.PSEndTime
        $times | Should -Not -Contain $null
        @($times | Sort-Object) | Should -Be $times
    }

    It 'is found by Get-Job until it is removed' {
        $job = 1 | Invoke-ParallelOrchestration -AsJob { } | Wait-Ended
        Get-Job | Should -Contain $job
        Get-Job -Id $job.Id | Should -Be $job
        Remove-Job $job
        Get-Job | Should -Not -Contain $job
    }

    It 'gets a name by -JobName, which alone makes it a job' {
        $job = 1 | Invoke-ParallelOrchestration -JobName 'the job' { } | Wait-Ended
        $job.Name | Should -BeExactly 'the job'
        Get-Job -Name 'the job' | Should -Be $job
    }

    It 'starts when all input was read' {
        $before = (Get-FullLanguagePool).Counters.Items.Submitted
        $seen = [Collections.Generic.List[long]]::new()
        $job = & { 1..100; $seen.Add((Get-PlainPool).Counters.Items.Submitted) } |
            Invoke-ParallelOrchestration -AsJob { } | Wait-Ended
        $seen | Should -Be $before
        $job.ChildJobs.Count | Should -Be 100
    }

    It 'runs once without input, and not at all with an empty one' {
        $once = Invoke-ParallelOrchestration -AsJob { "is null: $($null -eq $_)" } | Wait-Ended
        $once | Receive-Job | Should -Be 'is null: True'
        $never = @() | Invoke-ParallelOrchestration -AsJob { 'ran' } | Wait-Ended
        "$($never.State) $($never.ChildJobs.Count)" | Should -Be 'Completed 0'
    }

    It 'runs as many items at once as -ThrottleLimit says, the others are NotStarted' {
        $started, $go = [Threading.CountdownEvent]::new(2), [Threading.ManualResetEventSlim]::new()
        $job = 1..4 | Invoke-ParallelOrchestration -AsJob -ThrottleLimit 2 { $null = ($using:started).Signal(); $null = ($using:go).Wait(60000) }
        try {
            $started.Wait(30000) | Should -BeTrue
            Wait-Until { "$($job.ChildJobs.State)" -eq 'Running Running NotStarted NotStarted' } | Should -BeTrue
            $job.State | Should -Be Running
            $job.ThrottleLimit | Should -Be 2
            $job.AllocatedRunspaceCount | Should -Be 2
        } finally {
            $started = [Threading.CountdownEvent]::new(2)
            $go.Set()
        }
    }

    It 'has used one runspace for what ran one after another' {
        $job = 1..20 | Invoke-ParallelOrchestration -AsJob -ThrottleLimit 1 { } | Wait-Ended
        $job.AllocatedRunspaceCount | Should -Be 1
    }

    It 'leaves $LASTEXITCODE and $? of the caller alone' {
        $global:LASTEXITCODE = 42
        $job = 1..3 | Invoke-ParallelOrchestration -AsJob { exit 7 }
        $succeeded = $?
        $job = $job | Wait-Ended
        $succeeded | Should -BeTrue
        $global:LASTEXITCODE | Should -Be 42
        $job.State | Should -Be Completed
    }

    It 'finds the location, the culture and the $using: values of the call' {
        $value = 'then'
        $go = [Threading.ManualResetEventSlim]::new()
        $old = [cultureinfo]::CurrentCulture
        Push-Location $TestDrive
        try {
            [cultureinfo]::CurrentCulture = 'de-AT'
            $job = 1 | Invoke-ParallelOrchestration -AsJob { $null = ($using:go).Wait(30000); "$PWD"; $using:value; (Get-Culture).Name }
            $expected = "$PWD"
        } finally {
            [cultureinfo]::CurrentCulture = $old
            Pop-Location
        }
        $value = 'now'
        $go.Set()
        $job | Wait-Ended | Receive-Job | Should -Be $expected, 'then', 'de-AT'
    }

    It 'can be made within an item, and ends there' {
        $found = 1..3 | Invoke-ParallelOrchestration -ThrottleLimit 3 {
            1..4 | Invoke-ParallelOrchestration -AsJob { $_ * 10 } | Receive-Job -Wait -AutoRemoveJob | Measure-Object -Sum | ForEach-Object Sum
        }
        $found | Should -Be 100, 100, 100
    }

    It 'has what workers run beside their items in its own streams' {
        $job = 1..3 | Invoke-ParallelOrchestration -AsJob -ThrottleLimit 1 -Begin { $n = 100; 'begin' } -End { 'end' } { $n + $_ } | Wait-Ended
        $job.ChildJobs | ForEach-Object { $_.Output } | Should -Be 101, 102, 103
        $job.Output | Should -Be begin, end
        $job | Receive-Job | Should -Be 101, 102, 103, begin, end
        $job.HasMoreData | Should -BeFalse
    }

    It 'gives the caller what its items share, with -StateVariable' {
        $job = 1..100 | Invoke-ParallelOrchestration -AsJob -StateVariable shared { $null = $Orchestration.Counter('n').Add($_) } | Wait-Ended
        $job.State | Should -Be Completed
        $shared.Counter('n').Value | Should -Be 5050
    }

    It 'is quick with thousands of children' {
        $job = 1..10000 | Invoke-ParallelOrchestration -AsJob -ThrottleLimit 4 { $_ } | Wait-Ended
        "$($job.State) $($job.ChildJobs.Count)" | Should -Be 'Completed 10000'
        $sum = $job | Receive-Job | Measure-Object -Sum
        "$($sum.Count) $($sum.Sum)" | Should -Be '10000 50005000'
    }
}

Describe 'A job with items that do not succeed' -Tag Semantics {
    It 'is Failed, and the child says by what: <Name>' -ForEach @(
        @{ Name = 'throw'; Block = { throw 'boom' }; Message = 'boom' }
        @{ Name = 'throw of an exception'; Block = { throw [IO.IOException]::new('disk') }; Message = 'disk' }
        @{ Name = 'ErrorAction Stop'; Block = { Write-Error 'bad' -ErrorAction Stop }; Message = '*bad' }
    ) {
        $job = 1, 2 | Invoke-ParallelOrchestration -AsJob ([scriptblock]::Create("if (`$_ -eq 1) { $Block } else { 'fine' }")) | Wait-Ended
        $job.State | Should -Be Failed
        "$($job.ChildJobs.State)" | Should -Be 'Failed Completed'
        $found = $job | Receive-Job -ErrorVariable errors -ErrorAction SilentlyContinue
        $found | Should -Be fine
        # What Receive-Job makes of the reason. Without it, the error itself is in the stream.
        $errors.Count | Should -Be 1
        "$($errors[0])" | Should -BeLike $Message
    }

    It 'is Completed if items only wrote errors' {
        $job = 1, 2 | Invoke-ParallelOrchestration -AsJob { Write-Error "e$_" } | Wait-Ended
        $job.State | Should -Be Completed
        $job | Receive-Job 2>&1 | ForEach-Object { "$($_.FullyQualifiedErrorId) $_ $($_.ItemIndex)" } |
            Should -Be 'Microsoft.PowerShell.Commands.WriteErrorException e1 0', 'Microsoft.PowerShell.Commands.WriteErrorException e2 1'
    }

    It 'says of an item that ran too long that it has' {
        $job = 1, 2 | Invoke-ParallelOrchestration -AsJob -ItemTimeoutSeconds 0.1 { "in $_"; if ($_ -eq 1) { [Threading.Thread]::Sleep(8000) } } | Wait-Ended
        "$($job.State): $($job.ChildJobs.State)" | Should -Be 'Failed: Failed Completed'
        $job | Receive-Job -ErrorAction SilentlyContinue -ErrorVariable errors | Should -Be 'in 1', 'in 2'
        "$errors" | Should -Match '^Item 0 was stopped after [\d.]+ s because it ran longer than it may\.'
    }

    It 'ends by -TimeoutSeconds with the error of the call' {
        $job = 1..5 | Invoke-ParallelOrchestration -AsJob -ThrottleLimit 2 -TimeoutSeconds 0.5 { Start-Sleep -Seconds 600 } | Wait-Ended
        "$($job.State): $($job.ChildJobs.State)" | Should -Be 'Failed: Failed Failed Stopped Stopped Stopped'
        $job | Receive-Job -Wait -AutoRemoveJob -ErrorAction SilentlyContinue -ErrorVariable errors
        $ids = $errors | ForEach-Object { $_.FullyQualifiedErrorId -replace ',.*' }
        $ids | Should -Contain 'CallTimedOut'
    }

    It 'ends by -StopOnError with the first failure' {
        $job = 1..50 | Invoke-ParallelOrchestration -AsJob -ThrottleLimit 1 -StopOnError { if ($_ -eq 3) { throw 'three' }; $_ } | Wait-Ended
        $job.State | Should -Be Failed
        "$($job.ChildJobs.State[0..4])" | Should -Be 'Completed Completed Failed Stopped Stopped'
        $found = $job | Receive-Job -ErrorAction SilentlyContinue -ErrorVariable errors
        $found | Should -Be 1, 2
        @($errors).ForEach({ $_.FullyQualifiedErrorId -replace ',.*' }) | Should -Contain 'StoppedOnFirstFailure'
    }

    It 'runs failed items again with -RetryCount' {
        $tries = [Collections.Concurrent.ConcurrentQueue[int]]::new()
        $job = 1..3 | Invoke-ParallelOrchestration -AsJob -RetryCount 2 -RetryDelay 0 {
            ($using:tries).Enqueue($_)
            "try $_"
            if ($_ -eq 2 -and @($using:tries).Where({ $_ -eq 2 }).Count -lt 3) { throw 'again' }
        } | Wait-Ended
        "$($job.State): $($job.ChildJobs.State)" | Should -Be 'Completed: Completed Completed Completed'
        $job | Receive-Job | Should -Be 'try 1', 'try 2', 'try 3'
        @($tries | Where-Object { $_ -eq 2 }).Count | Should -Be 3
    }
}

Describe 'A job with -PassThru' {
    It 'gives a record for each item, whatever became of it' {
        $job = 1..4 | Invoke-ParallelOrchestration -AsJob -PassThru -ThrottleLimit 1 -StopOnError { "o$_"; Write-Error "e$_"; if ($_ -eq 2) { throw 'two' } } | Wait-Ended
        "$($job.State): $($job.ChildJobs.State)" | Should -Be 'Failed: Completed Failed Stopped Stopped'
        $records = $job.ChildJobs | Receive-Job 2>&1
        $records.ForEach({ "$($_.Index) $($_.Input) $($_.Status) $($_.Output) $($_.Errors)".Trim() }) |
            Should -Be '0 1 Succeeded o1 e1', '1 2 Failed o2 e2 two', '2 3 Stopped', '3 4 Stopped'
    }
}

Describe 'The reason of a child that failed' {
    It 'is what was thrown: <Name>' -ForEach @(
        @{ Name = 'a text'; Block = { throw 'Terminating Error!' }; Message = 'Terminating Error!'; Id = 'Terminating Error!' }
        @{ Name = 'an exception'; Block = { throw [IO.IOException]::new('disk') }; Message = 'disk'; Id = 'disk' }
        @{ Name = 'an error'; Block = { Write-Error 'bad' -ErrorId Mine -ErrorAction Stop }; Message = 'bad'; Id = 'Mine' }
    ) {
        $job = 1 | Invoke-ParallelOrchestration -AsJob $Block | Wait-Ended
        $reason = $job.ChildJobs[0].JobStateInfo.Reason
        $reason | Should -BeOfType System.Management.Automation.RuntimeException
        $reason.Message | Should -BeExactly $Message
        $reason.ErrorRecord.FullyQualifiedErrorId | Should -BeExactly $Id
        $reason.ErrorRecord.ItemIndex | Should -Be 0
    }

    It 'is the limit that an item did not keep' {
        $job = 1 | Invoke-ParallelOrchestration -AsJob -ItemTimeoutSeconds 0.1 { Start-Sleep -Seconds 600 } | Wait-Ended
        $job.ChildJobs[0].JobStateInfo.Reason.InnerException | Should -BeOfType TimeoutException
    }
}
