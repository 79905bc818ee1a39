# Feature: -AsJob, a real job with a child for each item; also with what runs once a worker.
BeforeAll { . (Join-Path $PSScriptRoot '../TestSetup.ps1') }

Describe '-AsJob' {
    It 'gives a job that the job cmdlets know' {
        Invoke-WithLimit {
            $job = 1..3 | Invoke-ParallelOrchestration -JobName Numbers { if ($_ -eq 2) { throw 'no' }; "item $_" }
            (Get-Job Numbers).Id -eq $job.Id
            (Wait-Job $job -Timeout 30).State
            "$($job.ChildJobs.State)"
            Receive-Job $job -ErrorAction SilentlyContinue
            Remove-Job $job
            @(Get-Job).Count
        } | Should -Be $true, 'Failed', 'Completed Failed Completed', 'item 1', 'item 3', 0
    }

    It 'goes with <Name>' -ForEach @(
        @{ Name = '-Begin, -End and -Finally'; Expected = 'item 1 open', 'item 2 open', 'begin', 'end open', 'finally open'; Call = {
                1, 2 | Invoke-ParallelOrchestration -AsJob -ThrottleLimit 1 -Begin { $state = 'open'; 'begin' } -End { "end $state" } -Finally { "finally $state" } { "item $_ $state" }
            }
        }
        @{ Name = '-Stateful'; Expected = 'begin', 'item 1', 'item 2', 'sum 3'; Call = {
                1, 2 | Invoke-ParallelOrchestration -AsJob -ThrottleLimit 1 -Stateful { begin { $sum = 0; 'begin' } process { $sum += $_; "item $_" } end { "sum $sum" } }
            }
        }
        @{ Name = 'imports'; Expected = 'text 5'; Call = {
                function Get-Text { "text $number" }
                $number = 5
                1 | Invoke-ParallelOrchestration -AsJob -ImportFunction Get-Text -ImportVariable number { Get-Text }
            }
        }
    ) {
        Invoke-WithLimit -ArgumentList $Call.Ast { param($Call) $job = & $Call.GetScriptBlock(); $null = Wait-Job $job -Timeout 30; Receive-Job $job; Remove-Job $job } | Should -Be $Expected
    }

    It 'refuses -InputScript, which takes part in the call, by its name' {
        { Invoke-ParallelOrchestration -AsJob -InputScript { 1 } { } } | Should -Throw -ErrorId 'ParameterNotForJobs,*'
    }
}
