# Invoke-ParallelOrchestration -Tasks -AsJob: a job with a child for each task.
[Diagnostics.CodeAnalysis.SuppressMessageAttribute('PSUseDeclaredVarsMoreThanAssignments', '', Justification = 'Pester reads them in other blocks.')]
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

    # Name and state of each child, in the order of the tasks.
    function Get-ChildText($Job) { $Job.ChildJobs | ForEach-Object { "$($_.Name) $($_.State)" } }
}

AfterAll {
    Get-Job | Where-Object { $_.GetType().Name -eq 'OrchestrationJob' } | Remove-Job -Force
}

Describe 'A job of tasks' {
    It 'has a child for each task, by its name, and gives its result' {
        $job = Invoke-ParallelOrchestration -AsJob -Tasks @(
            @{ Name = 'second'; ScriptBlock = { "after $($Orchestration.OutputOf('first'))" }; DependsOn = 'first' }
            @{ Name = 'first'; ScriptBlock = { 'one' } }
        )
        $job | Should -BeOfType OrchestrationEngine.PowerShell.OrchestrationJob
        $null = $job | Wait-Ended
        $job.State | Should -Be Completed
        Get-ChildText $job | Should -Be 'second Completed', 'first Completed'
        $job | Receive-Job | ForEach-Object { "$($_.Name) $($_.Status) $($_.Output)" } | Should -Be 'second Succeeded after one', 'first Succeeded one'
        $job.HasMoreData | Should -BeFalse
        "$($job.Summary)" | Should -Be '2 of 2 tasks succeeded, 0 failed, 0 timed out, 0 stopped, 0 skipped.'
        "$($job.ChildJobs[1].Command)".Trim() | Should -Be "'one'"
    }

    It 'says of each task how it ended, and why' {
        $job = Invoke-ParallelOrchestration -AsJob -JobName mine -Tasks @(
            @{ Name = 'broken'; ScriptBlock = { throw 'no disk' } }
            @{ Name = 'after'; ScriptBlock = { 1 }; DependsOn = 'broken' }
            @{ Name = 'not wanted'; ScriptBlock = { 1 }; Condition = { $false } }
            @{ Name = 'slow'; ScriptBlock = { Start-Sleep -Seconds 600 }; Timeout = 0.2 }
        ) | Wait-Ended
        $job.Name, $job.State | Should -Be mine, Failed
        Get-ChildText $job | Should -Be 'broken Failed', 'after Stopped', 'not wanted Completed', 'slow Failed'
        $job.ChildJobs[0].JobStateInfo.Reason.Message | Should -Be "Task 'broken' failed: no disk"
        $results = $job | Receive-Job -ErrorAction SilentlyContinue -ErrorVariable written
        $results | ForEach-Object { "$($_.Name) $($_.Status)" } | Should -Be 'broken Failed', 'after Skipped', 'not wanted Skipped', 'slow TimedOut'
        @($written | ForEach-Object { "$_" }).Where({ $_ -like "Task '*" }) | Should -Contain "Task 'broken' failed: no disk"
    }

    It 'gives the streams of a task with its child' {
        $job = Invoke-ParallelOrchestration -AsJob -Tasks @(
            @{ Name = 'a'; ScriptBlock = { Write-Warning 'careful'; Write-Error 'bad'; Write-Information 'told' } }
            @{ Name = 'b'; ScriptBlock = { Write-Verbose 'loud' -Verbose } }
        ) | Wait-Ended
        $job.State | Should -Be Completed
        "$($job.ChildJobs[0].Warning) $($job.ChildJobs[0].Error) $($job.ChildJobs[0].Information)" | Should -Be 'careful bad told'
        "$($job.ChildJobs[1].Verbose)" | Should -Be loud
    }

    It 'completes where a task that failed may fail' {
        $job = Invoke-ParallelOrchestration -AsJob -Tasks @{ Name = 'a'; ScriptBlock = { throw 'x' }; ContinueOnError = $true } | Wait-Ended
        $job.State, $job.ChildJobs[0].State | Should -Be Completed, Failed
    }

    It 'is stopped with all that runs and waits' {
        $started = [Threading.ManualResetEventSlim]::new()
        $job = Invoke-ParallelOrchestration -AsJob -ThrottleLimit 1 -Tasks @(
            @{ Name = 'a'; ScriptBlock = { ($using:started).Set(); Start-Sleep -Seconds 600 } }
            @{ Name = 'b'; ScriptBlock = { 1 }; DependsOn = 'a' }
        )
        $started.Wait(30000) | Should -BeTrue
        Wait-Until { $job.ChildJobs[0].State -eq 'Running' } | Should -BeTrue
        $job.State, $job.ChildJobs[1].State | Should -Be Running, NotStarted
        Stop-Job $job
        $null = $job | Wait-Ended
        $job.State | Should -Be Stopped
        Get-ChildText $job | Should -Be 'a Stopped', 'b Stopped'
        Wait-Until { (Get-PlainPool).Running -eq 0 } | Should -BeTrue
    }

    It 'goes on when one of its tasks is stopped, without those that wait for it' {
        $started = [Threading.ManualResetEventSlim]::new()
        $go = [Threading.ManualResetEventSlim]::new()
        $job = Invoke-ParallelOrchestration -AsJob -ThrottleLimit 2 -Tasks @(
            @{ Name = 'a'; ScriptBlock = { ($using:started).Set(); Start-Sleep -Seconds 600 } }
            @{ Name = 'after a'; ScriptBlock = { 1 }; DependsOn = 'a' }
            @{ Name = 'b'; ScriptBlock = { $null = ($using:go).Wait(60000); 'b' } }
            @{ Name = 'never'; ScriptBlock = { 1 }; DependsOn = 'b' }
        )
        $started.Wait(30000) | Should -BeTrue
        $job.ChildJobs[3].StopJob()
        Stop-Job $job.ChildJobs[0]
        Wait-Until { $job.ChildJobs[0].State -eq 'Stopped' } | Should -BeTrue
        $go.Set()
        $null = $job | Wait-Ended
        Get-ChildText $job | Should -Be 'a Stopped', 'after a Stopped', 'b Completed', 'never Stopped'
    }

    It 'keeps its run, which another call goes on with' {
        $before = $env:OE_STATE
        $env:OE_STATE = Join-Path (Get-Item TestDrive:/).FullName 'job-state'
        try {
            $task = @{ Name = 'a'; ScriptBlock = { 'kept' } }
            $job = Invoke-ParallelOrchestration -AsJob -RunName job -Tasks $task | Wait-Ended
            $job.Summary.RunId | Should -BeLike 'job-*'
            $result = Invoke-ParallelOrchestration -Tasks $task -Resume job
            "$($result.Output) $($result.Kept)" | Should -Be 'kept True'
        } finally { $env:OE_STATE = $before }
    }

    It 'refuses <Name>' -ForEach @(
        @{ Name = 'a summary variable'; With = @{ SummaryVariable = 'x' }; Id = 'ParameterNotForJobs' }
        @{ Name = 'a circle'; With = @{}; Tasks = @{ Name = 'a'; Command = 'x'; DependsOn = 'b' }, @{ Name = 'b'; Command = 'y'; DependsOn = 'a' }; Id = 'TasksRefused' }
    ) {
        $count = @(Get-Job).Count
        $given = if ($Tasks) { $Tasks } else { @{ Name = 'a'; ScriptBlock = { 1 } } }
        { Invoke-ParallelOrchestration -AsJob -Tasks $given @With } | Should -Throw -ErrorId "$Id,*"
        @(Get-Job).Count | Should -Be $count
    }

    It 'refuses an instance of a class whose methods run in this session only' {
        Invoke-WithLimit {
            $made = & ([scriptblock]::Create('class Bound { [int] Next() { return 1 } }; [Bound]::new()'))
            try { Invoke-ParallelOrchestration -AsJob -Tasks @{ Name = 'a'; ScriptBlock = { param($B) $B.Next() }; Parameters = @{ B = $made } } }
            catch { ($_.FullyQualifiedErrorId -split ',')[0] }
        } | Should -Be JobNeedsNoRunspaceAffinity
    }
}
