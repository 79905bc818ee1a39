# What Tab offers.
[Diagnostics.CodeAnalysis.SuppressMessageAttribute('PSAvoidGlobalVars', '', Justification = 'Completion looks at the session')]
param()

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

Describe 'Completion of names to import' {
    It 'offers what the session has for -<Parameter>' -ForEach @(
        @{ Parameter = 'ImportFunction'; Word = 'Get-OeComp'; Expected = 'Get-OeCompleted' }
        @{ Parameter = 'ImportVariable'; Word = 'oeComp'; Expected = 'oeCompleted' }
        @{ Parameter = 'ImportAlias'; Word = 'oeal'; Expected = 'oealias' }
        @{ Parameter = 'ImportModule'; Word = 'OrchestrationEng'; Expected = 'OrchestrationEngine' }
    ) {
        function global:Get-OeCompleted { }
        $global:oeCompleted = 1
        Set-Alias oealias Get-Date -Scope Global
        try {
            @(Get-Completion "1 | Invoke-ParallelOrchestration { } -$Parameter $Word").CompletionText | Should -Contain $Expected
        } finally {
            Remove-Item function:global:Get-OeCompleted, alias:oealias, variable:global:oeCompleted
        }
    }
}
