# P#17914, P#14412: items that change something together lose data.
BeforeAll { . (Join-Path $PSScriptRoot '../TestSetup.ps1') }

Describe 'What items share' {
    It 'is exact through $Orchestration' {
        $totals = 1..1000 | Invoke-ParallelOrchestration -ThrottleLimit 8 {
            $null = $Orchestration.Counter('items').Increment()
            $Orchestration.Bag('numbers').Add($_)
        } -StateVariable shared
        $totals | Should -BeNullOrEmpty
        $shared.Counter('items').Value | Should -Be 1000
        $shared.Bag('numbers').ToArray() | Sort-Object | Should -Be (1..1000)
    }
}
