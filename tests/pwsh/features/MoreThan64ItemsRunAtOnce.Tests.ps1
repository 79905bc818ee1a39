# Feature: no hard limit of 64 items at once.
BeforeAll { . (Join-Path $PSScriptRoot '../TestSetup.ps1') }

Describe 'A big -ThrottleLimit' {
    It 'lets 70 items run at once' {
        Invoke-WithLimit {
            $together = [Threading.Barrier]::new(70)
            (1..70 | Invoke-ParallelOrchestration -ThrottleLimit 70 { ($using:together).SignalAndWait(30000) } | Group-Object -NoElement | ForEach-Object { "$($_.Count) $($_.Name)" })
        } | Should -Be '70 True'
    }
}
