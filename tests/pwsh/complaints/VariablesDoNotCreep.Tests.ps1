# Invoke-Parallel#63, #65, #68: variables of one item are seen by the next; items are skipped at a big throttle.
BeforeAll { . (Join-Path $PSScriptRoot '../TestSetup.ps1') }

Describe 'An item' {
    It 'does not see the variables, functions and preferences of another' {
        1..3 | Invoke-ParallelOrchestration -ThrottleLimit 1 {
            "$x|$(Get-Command Get-Creeping -ErrorAction Ignore)|$ErrorActionPreference"
            $x = 1; function Get-Creeping { }; $ErrorActionPreference = 'Stop'
        } | Should -Be '||Continue', '||Continue', '||Continue'
    }

    It 'is not skipped, however many run at once' {
        $output = 1..500 | Invoke-ParallelOrchestration -ThrottleLimit 100 { $_ }
        Compare-Object (1..500) $output | Should -BeNullOrEmpty
    }
}
