# P#12378: functions and script blocks cannot be handed to items.
BeforeAll { . (Join-Path $PSScriptRoot '../TestSetup.ps1') }

Describe 'Code of the caller' {
    It 'comes along as an imported function' {
        Invoke-WithLimit {
            function Get-OeSquare($Number) { $Number * $Number }
            1..3 | Invoke-ParallelOrchestration -Ordered -ImportFunction Get-OeSquare { Get-OeSquare $_ }
        } | Should -Be 1, 4, 9
    }

    It 'comes along as a script block of which each item makes its own' {
        Invoke-WithLimit {
            $square = { param($number) $number * $number }
            $tree = $square.Ast
            1..3 | Invoke-ParallelOrchestration -Ordered { & ($using:tree).GetScriptBlock() $_ }
        } | Should -Be 1, 4, 9
    }
}
