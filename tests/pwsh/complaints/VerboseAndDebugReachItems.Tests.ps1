# P#21549, P#24016: -Verbose, -Debug and the preferences neither reach the items nor make what they write visible.
BeforeAll { . (Join-Path $PSScriptRoot '../TestSetup.ps1') }

Describe 'What an item writes as verbose or debug' {
    # The block says of neither that it is to be shown, and the function that it calls does not either.
    BeforeAll {
        $block = {
            function Write-Both { [CmdletBinding()] param($Item) Write-Verbose "v$Item"; Write-Debug "d$Item" }
            Write-Both $_
        }
    }

    It 'is shown with <Name>' -ForEach @(
        @{ Name = '-Verbose'; Call = { 1..2 | Invoke-ParallelOrchestration $args[0] -Ordered -Verbose }; Expected = 'verbose v1', 'verbose v2' }
        @{ Name = '-Debug'; Call = { 1..2 | Invoke-ParallelOrchestration $args[0] -Ordered -Debug }; Expected = 'debug d1', 'debug d2' }
        @{ Name = 'the preference of the caller'; Call = { $VerbosePreference = 'Continue'; 1..2 | Invoke-ParallelOrchestration $args[0] -Ordered }; Expected = 'verbose v1', 'verbose v2' }
        @{ Name = 'the preference of a function that has -Verbose'; Call = { function Invoke-It { [CmdletBinding()] param($Block) 1..2 | Invoke-ParallelOrchestration $Block -Ordered }; Invoke-It $args[0] -Verbose }; Expected = 'verbose v1', 'verbose v2' }
    ) {
        & $Call $block *>&1 | Get-StreamText | Should -Be $Expected
    }

    It 'is not shown otherwise, nor with -Verbose:$false' {
        & { 1..2 | Invoke-ParallelOrchestration $args[0] } $block *>&1 | Should -BeNullOrEmpty
        & { $VerbosePreference = 'Continue'; 1..2 | Invoke-ParallelOrchestration $args[0] -Verbose:$false } $block *>&1 | Should -BeNullOrEmpty
    }
}
