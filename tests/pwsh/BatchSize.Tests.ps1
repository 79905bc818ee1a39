BeforeAll { . "$PSScriptRoot/TestSetup.ps1" }

Describe 'A batch' {
    It 'is an array of inputs in $_, the last one shorter' {
        1..7 | Invoke-ParallelOrchestration -BatchSize 3 -Ordered { "$($_.GetType().Name) $($_ -join ',')" } |
            Should -Be 'Object[] 1,2,3', 'Object[] 4,5,6', 'Object[] 7'
    }

    It 'is an array also with one input' {
        1..2 | Invoke-ParallelOrchestration -BatchSize 1 -Ordered { "$($_.GetType().Name) $($_.Count)" } |
            Should -Be 'Object[] 1', 'Object[] 1'
    }

    It 'keeps $null and arrays as they are' {
        $inputs = [object[]]($null, (1, 2), 'x')
        $seen = $inputs | Invoke-ParallelOrchestration -BatchSize 3 { $_.Count; $null -eq $_[0]; $_[1] -join '+'; $_[2] }
        $seen | Should -Be 3, $true, '1+2', 'x'
    }

    It 'is one item of a record' {
        $records = 1..5 | Invoke-ParallelOrchestration -BatchSize 2 -PassThru -Ordered { $_.Count }
        $records | ForEach-Object { "$($_.Index): $($_.Input -join ',') $($_.Output)" } | Should -Be '0: 1,2 2', '1: 3,4 2', '2: 5 1'
    }

    It 'of no input runs nothing' {
        @() | Invoke-ParallelOrchestration -BatchSize 2 { 'ran' } | Should -BeNullOrEmpty
    }

    It 'loses nothing among many' {
        $all = 1..10000 | Invoke-ParallelOrchestration -BatchSize 7 { $_ }
        Compare-Object (1..10000) $all | Should -BeNullOrEmpty
    }

    It 'leaves script blocks out with an error each' {
        $output = 1, { 'block' }, 2 | Invoke-ParallelOrchestration -BatchSize 2 { $_ -join ',' } 2>&1
        $output | Where-Object { $_ -is [string] } | Should -Be '1,2'
        @($output | Where-Object { $_ -isnot [string] }).FullyQualifiedErrorId | Should -BeLike 'ParallelPipedInputObjectCannotBeScriptBlock,*'
    }
}
