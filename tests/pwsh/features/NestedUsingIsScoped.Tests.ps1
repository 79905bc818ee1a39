# Feature: $using: in a nested call is of the item around it, and not of the outermost caller.
BeforeAll { . (Join-Path $PSScriptRoot '../TestSetup.ps1') }

Describe '$using: in a nested call' {
    It 'is of the item: <_>' -ForEach 'Invoke-ParallelOrchestration', 'ForEach-Object -Parallel', '% -Parallel' {
        Invoke-WithLimit -ArgumentList $_ {
            param($Call)
            Enable-ParallelForEachObject
            $name = 'outer'
            & ([scriptblock]::Create("1 | Invoke-ParallelOrchestration { `$using:name; `$name = 'inner'; 1 | $Call { `$using:name; 1 | $Call { 'deep' } } }"))
        } | Should -Be 'outer', 'inner', 'deep'
    }
}
