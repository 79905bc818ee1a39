# Features: output that goes back in as input, and a filter before the items.
BeforeAll { . (Join-Path $PSScriptRoot '../TestSetup.ps1') }

Describe '-Refill and -Filter' {
    It 'walk a tree, each node once' {
        Invoke-WithLimit {
            $seen = [Collections.Generic.HashSet[int]]::new()
            1 | Invoke-ParallelOrchestration -Refill -Filter { $_ -le 10 -and $seen.Add($_) } { $_; [ref](2 * $_); [ref](2 * $_ + 1); [ref]1 } | Sort-Object
        } | Should -Be (1..10)
    }
}
