# -UseNewRunspace gives each item a runspace that nobody used before.
BeforeAll {
    . (Join-Path $PSScriptRoot 'TestSetup.ps1')
}

Describe '-UseNewRunspace' {
    It 'runs no two items in the same runspace' {
        $ids = 1..6 | Invoke-ParallelOrchestration -UseNewRunspace -ThrottleLimit 2 { [runspace]::DefaultRunspace.InstanceId }
        @($ids | Sort-Object -Unique).Count | Should -Be 6
        $shared = 1..6 | Invoke-ParallelOrchestration -ThrottleLimit 1 { [runspace]::DefaultRunspace.InstanceId }
        @($shared | Sort-Object -Unique).Count | Should -Be 1
    }

    It 'works with imports and jobs' {
        function Get-Doubled($Value) { 2 * $Value }
        $job = 1..3 | Invoke-ParallelOrchestration -UseNewRunspace -ThrottleLimit 1 -ImportFunction Get-Doubled -AsJob { Get-Doubled $_ }
        $job | Wait-Job -Timeout 30 | Receive-Job | Should -Be 2, 4, 6
        $job.AllocatedRunspaceCount | Should -Be 3
    }

    It 'is refused together with -<Keys>, which is about what stays' -ForEach @{ NoCleanup = $true }, @{ Stateful = $true }, @{ Begin = { } }, @{ End = { } }, @{ Finally = { } } {
        $parameters = $_
        { 1 | Invoke-ParallelOrchestration -UseNewRunspace @parameters { throw 'ran' } } | Should -Throw -ErrorId 'NewRunspacesKeepNothing,*' `
            -ExpectedMessage "With -UseNewRunspace nothing stays from item to item, so -$($parameters.Keys) would have no effect."
    }
}
