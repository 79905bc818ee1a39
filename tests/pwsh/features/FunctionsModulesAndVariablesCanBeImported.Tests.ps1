# Feature: functions, modules, variables and aliases of the caller, with wildcards.
BeforeAll { . (Join-Path $PSScriptRoot '../TestSetup.ps1') }

Describe 'An import' {
    It 'brings functions, variables and aliases by wildcard' {
        Invoke-WithLimit {
            function Get-OePart($Name) { "part $Name" }
            function Get-OeWhole($Name) { "$OeGreeting $(Get-OePart $Name)" }
            Set-Alias oewhole Get-OeWhole
            $OeGreeting = 'hello'
            'a', 'b' | Invoke-ParallelOrchestration -Ordered -ImportFunction Get-Oe* -ImportVariable Oe* -ImportAlias oe* { oewhole $_ }
        } | Should -Be 'hello part a', 'hello part b'
    }

    It 'brings a module, once a worker' {
        Set-Content TestDrive:/OePlace.psm1 '$script:calls = 0; function Get-OeCall { (++$script:calls) }'
        Invoke-WithLimit -ArgumentList "$TestDrive/OePlace.psm1" {
            param($Path)
            1..3 | Invoke-ParallelOrchestration -ThrottleLimit 1 -ImportModule $Path { Get-OeCall }
        } | Should -Be 1, 2, 3
    }
}
