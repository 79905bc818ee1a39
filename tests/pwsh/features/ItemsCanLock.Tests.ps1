# Feature: a lock by name, so that one item at a time runs a block.
BeforeAll { . (Join-Path $PSScriptRoot '../TestSetup.ps1') }

Describe '$Orchestration.Lock' {
    It 'lets one item at a time change what all share' {
        Invoke-WithLimit {
            $table = @{ Count = 0 }
            1..200 | Invoke-ParallelOrchestration -ThrottleLimit 8 { $Orchestration.Lock('table', { ($using:table).Count = ($using:table)['Count'] + 1 }) }
            $table['Count']
        } | Should -Be 200
    }
}
