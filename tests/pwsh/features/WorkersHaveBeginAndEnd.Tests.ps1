# Feature: -Begin, -End and -Finally run once a worker, and so do begin and end of a block with -Stateful.
BeforeAll { . (Join-Path $PSScriptRoot '../TestSetup.ps1') }

Describe 'What runs once a worker' {
    It 'is -Begin, -End and -Finally' {
        Invoke-WithLimit {
            1, 2 | Invoke-ParallelOrchestration -ThrottleLimit 1 -Begin { $state = 'open'; 'begin' } -End { "end $state" } -Finally { "finally $state" } { "item $_ $state" }
        } | Should -Be 'begin', 'item 1 open', 'item 2 open', 'end open', 'finally open'
    }

    It 'is the begin and end of a block with -Stateful' {
        Invoke-WithLimit {
            1..3 | Invoke-ParallelOrchestration -ThrottleLimit 1 -Stateful { begin { $sum = 0 } process { $sum += $_ } end { "sum $sum" } }
        } | Should -Be 'sum 6'
    }
}
