# Feature: $using:x, a variable of the caller in the items.
BeforeAll { . (Join-Path $PSScriptRoot '../TestSetup.ps1') }

Describe 'A variable of the caller' {
    It 'is in the items behind $using:, by reference' {
        Invoke-WithLimit {
            $factor = 10
            $seen = [Collections.Concurrent.ConcurrentBag[int]]::new()
            1..3 | Invoke-ParallelOrchestration -Ordered { ($using:seen).Add($_); $_ * $using:factor }
            "$($seen.ToArray() | Sort-Object)"
        } | Should -Be 10, 20, 30, '1 2 3'
    }
}
