# Feature: how many items run at once, unless a caller says so.
BeforeAll { . (Join-Path $PSScriptRoot '../TestSetup.ps1') }

Describe 'Without -ThrottleLimit' {
    It 'as many items run at once as there are processors, and at least 5' {
        Invoke-WithLimit {
            $limit = [Math]::Max(5, [Environment]::ProcessorCount)
            $together = [Threading.Barrier]::new($limit)
            $most = 1..(2 * $limit) | Invoke-ParallelOrchestration {
                $running = $Orchestration.Counter('running').Increment()
                $null = ($using:together).SignalAndWait(30000)
                $null = $Orchestration.Counter('running').Add(-1)
                $running
            } | Measure-Object -Maximum
            $most.Maximum -eq $limit
        } | Should -Be $true
    }

    It '5 of ForEach-Object -Parallel run at once, as they always did' {
        Invoke-WithLimit {
            Enable-ParallelForEachObject
            $together = [Threading.Barrier]::new(5)
            1..10 | ForEach-Object -Parallel { ($using:together).SignalAndWait(30000) } | Sort-Object -Unique
        } | Should -Be $true
    }
}
