# PoshRSJob#121, #127, #143, #7: jobs are Completed before their output is there, or lose it.
BeforeAll { . (Join-Path $PSScriptRoot '../TestSetup.ps1') }

Describe 'A job that is Completed' {
    It 'has all of its output at that moment, 20 times' {
        Invoke-WithLimit {
            foreach ($time in 1..20) {
                $job = 1..4 | Invoke-ParallelOrchestration -AsJob { 1..10; Write-Error e }
                $null = Wait-Job $job -Timeout 30
                "$($job.State) $(@($job.ChildJobs.Output).Count) $(@($job.ChildJobs.Error).Count)"
                Remove-Job $job
            }
        } | Group-Object | ForEach-Object { "$($_.Count) times $($_.Name)" } | Should -Be '20 times Completed 40 4'
    }
}
