# P#10876, PSThreadJob#45, PPP#17: no methods and indexes of $using: values, no $using: in what initializes a worker.
BeforeAll { . (Join-Path $PSScriptRoot '../TestSetup.ps1') }

Describe '$using:' {
    It 'takes members and indexes, and methods in parentheses' {
        Invoke-WithLimit {
            $list = @{ Names = 'a', 'b' }
            1 | Invoke-ParallelOrchestration { $using:list.Names[1]; $using:list['Names'][0]; ($using:list).ContainsKey('Names') }
        } | Should -Be 'b', 'a', $true
    }

    It 'works in -Begin, -End and -Finally' {
        Invoke-WithLimit {
            $name = 'n'
            1 | Invoke-ParallelOrchestration -ThrottleLimit 1 -Begin { $begin = "begin $using:name" } { $begin } -End { "end $using:name" } -Finally { "finally $using:name" }
        } | Should -Be 'begin n', 'end n', 'finally n'
    }
}
