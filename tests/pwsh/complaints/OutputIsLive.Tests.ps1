# P#18847, PoshRSJob#26: output is stuck until all items end.
BeforeAll { . (Join-Path $PSScriptRoot '../TestSetup.ps1') }

Describe 'Output' {
    It 'arrives while other items run' {
        $gate = [Threading.ManualResetEventSlim]::new()
        # The second item goes on only when the output of the first has been seen.
        $output = Invoke-WithLimit -ArgumentList $gate {
            param($gate)
            1, 2 | Invoke-ParallelOrchestration -ThrottleLimit 2 { if ($_ -eq 2) { ($using:gate).Wait(30000) } else { 'first' } } |
                ForEach-Object { $_; $gate.Set() }
        }
        $output | Should -Be 'first', $true
    }
}
