# -ImportAlias brings aliases of the caller into the items, with what they stand for.
[Diagnostics.CodeAnalysis.SuppressMessageAttribute('PSUseDeclaredVarsMoreThanAssignments', '', Justification = 'BeforeAll hands variables to other blocks')]
[Diagnostics.CodeAnalysis.SuppressMessageAttribute('PSAvoidUsingCmdletAliases', '', Justification = 'Aliases are tested')]
param()

BeforeAll {
    . (Join-Path $PSScriptRoot 'TestSetup.ps1')
    $cmdlet = 'OrchestrationEngine.PowerShell.Cmdlets.InvokeParallelOrchestrationCommand'
    function Get-OeThing { "thing $args" }
    Set-Alias oething Get-OeThing
    Set-Alias oeagain oething
    Set-Alias oedate Get-Date
}

AfterAll { Clear-OrchestrationPool }

Describe '-ImportAlias' {
    It 'makes an alias known in the items, also to a command of PowerShell' {
        1 | Invoke-ParallelOrchestration -ImportAlias oedate { (oedate '2020-02-03').Day } | Should -Be 3
    }

    It 'is needed for that, also after a call that had it' {
        1..4 | Invoke-ParallelOrchestration { @(Get-Command oedate -ErrorAction Ignore).Count } | Should -Be 0, 0, 0, 0
    }

    It 'brings the function that it stands for' {
        1 | Invoke-ParallelOrchestration -ImportAlias oething { oething $_ } | Should -Be 'thing 1'
    }

    It 'brings an alias that it stands for' {
        1 | Invoke-ParallelOrchestration -ImportAlias oeagain { oeagain $_ } | Should -Be 'thing 1'
    }

    It 'takes wildcards, and one that fits nothing' {
        1 | Invoke-ParallelOrchestration -ImportAlias oeth*, oed*, oezz* { oething $_; (oedate '2020-02-03').Day } | Should -Be 'thing 1', 3
    }

    It 'brings the module whose command it stands for' {
        $path = Join-Path $TestDrive 'OeAliased.psm1'
        Set-Content $path 'function Get-OeAliased { "aliased" }'
        Import-Module $path
        Set-Alias oealiased Get-OeAliased
        try { 1 | Invoke-ParallelOrchestration -ImportAlias oealiased { oealiased } | Should -Be 'aliased' } finally { Remove-Module OeAliased }
    }

    It 'refuses one that is not there, and names the nearest' {
        $failure = { 1 | Invoke-ParallelOrchestration -ImportAlias oedatee { 'ran' } } | Should -Throw -ErrorId "ImportAliasNotFound,$cmdlet" -PassThru
        $failure.Exception.Message | Should -Be "There is no alias 'oedatee' to import. Did you mean 'oedate'?"
    }
}
