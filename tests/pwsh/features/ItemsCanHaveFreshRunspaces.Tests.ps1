# Feature: -UseNewRunspace, a runspace for each item.
BeforeAll { . (Join-Path $PSScriptRoot '../TestSetup.ps1') }

Describe '-UseNewRunspace' {
    It 'gives each item a runspace of its own, and without it they share' {
        Invoke-WithLimit {
            Enable-ParallelForEachObject
            $block = { [runspace]::DefaultRunspace.InstanceId }
            @(1..4 | Invoke-ParallelOrchestration $block -UseNewRunspace | Sort-Object -Unique).Count
            @(1..4 | ForEach-Object -Parallel $block -UseNewRunspace | Sort-Object -Unique).Count
            @(1..4 | ForEach-Object -Parallel $block -ThrottleLimit 1 | Sort-Object -Unique).Count
        } | Should -Be 4, 4, 1
    }
}
