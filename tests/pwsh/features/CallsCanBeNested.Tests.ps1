# Feature: calls in items, without a deadlock and with limits of their own.
BeforeAll { . (Join-Path $PSScriptRoot '../TestSetup.ps1') }

Describe 'A call in an item' {
    It 'runs at any limit: <Call>' -ForEach @(
        @{ Call = 'Invoke-ParallelOrchestration'; Limit = 1 }
        @{ Call = 'Invoke-ParallelOrchestration'; Limit = 4 }
        @{ Call = 'ForEach-Object'; Limit = 1 }
    ) {
        Invoke-WithLimit -ArgumentList $Call, $Limit {
            param($Call, $Limit)
            Enable-ParallelForEachObject
            $inner = if ($Call -eq 'ForEach-Object') { 'ForEach-Object -Parallel' } else { $Call }
            & ([scriptblock]::Create("1..4 | $inner { `$o = `$_; 1..4 | $inner { `"`$using:o`$_`" } -ThrottleLimit $Limit } -ThrottleLimit $Limit")) | Sort-Object
        } | Should -Be '11', '12', '13', '14', '21', '22', '23', '24', '31', '32', '33', '34', '41', '42', '43', '44'
    }
}
