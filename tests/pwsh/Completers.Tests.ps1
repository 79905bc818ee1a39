# What Tab offers.
BeforeAll {
    . (Join-Path $PSScriptRoot 'TestSetup.ps1')

    function Get-Completion([string] $Text) { (TabExpansion2 $Text $Text.Length).CompletionMatches }
}

Describe 'Completion of -ThrottleLimit' {
    It 'offers limits for this machine, each with its purpose' {
        $expected = 1, [Environment]::ProcessorCount, (4 * [Environment]::ProcessorCount) | Select-Object -Unique
        $offered = @(Get-Completion '1..9 | Invoke-ParallelOrchestration { $_ } -ThrottleLimit ')
        $offered.CompletionText | Should -Be $expected
        $offered.ToolTip | Should -Match ': .*items?'
    }

    It 'offers what begins as what is there' {
        $all = [string[]](1, [Environment]::ProcessorCount, (4 * [Environment]::ProcessorCount))
        $last = $all[-1]
        @(Get-Completion "1..9 | Invoke-ParallelOrchestration { `$_ } -Throttle $last").CompletionText |
            Should -Be @($all -like "$last*" | Select-Object -Unique)
    }
}
