# P#16445, P#17571, P#21380: $using: in script blocks that are nested or held in variables.
BeforeAll { . (Join-Path $PSScriptRoot '../TestSetup.ps1') }

Describe '$using: in nested script blocks' {
    It 'is found in a block that is called, and in one that is made of text' {
        $x = 'outer'
        1 | Invoke-ParallelOrchestration { & { $using:x }; $block = { "again $using:x" }; & $block } | Should -Be 'outer', 'again outer'
    }

    It 'belongs to the inner call where there is one' {
        $x = 'outer'
        1 | Invoke-ParallelOrchestration { $using:x; $x = 'inner'; 1 | Invoke-ParallelOrchestration { $using:x } } | Should -Be 'outer', 'inner'
    }
}
