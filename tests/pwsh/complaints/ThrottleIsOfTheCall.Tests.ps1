# P#13549, ThreadJob#59, P#16898: the throttle limit is shared by all, and nested calls deadlock at it.
BeforeAll { . (Join-Path $PSScriptRoot '../TestSetup.ps1') }

Describe '-ThrottleLimit' {
    It 'lets nested calls at the limit go on' {
        $output = Invoke-WithLimit {
            1..2 | Invoke-ParallelOrchestration -ThrottleLimit 2 { $x = $_; 1..2 | Invoke-ParallelOrchestration -ThrottleLimit 1 { "$using:x$_" } }
        }
        $output | Sort-Object | Should -Be '11', '12', '21', '22'
    }

    It 'of one call does not bound another' {
        $barrier = [Threading.Barrier]::new(3)
        $output = Invoke-WithLimit -ArgumentList $barrier {
            param($barrier)
            1 | Invoke-ParallelOrchestration -ThrottleLimit 1 {
                1..3 | Invoke-ParallelOrchestration -ThrottleLimit 3 { ($using:barrier).SignalAndWait(30000) }
            } -Begin { $barrier = $using:barrier }
        }
        $output | Should -Be $true, $true, $true
    }
}
