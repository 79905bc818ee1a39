# The items run in one of two ways, one of which uses nothing but PowerShell's public interface; both mean the same.
BeforeAll {
    . (Join-Path $PSScriptRoot 'TestSetup.ps1')
}

Describe 'With the switch OrchestrationEngine.PublicApiOnly' {
    It 'all tests of the semantics pass' {
        $pester = (Get-Module Pester).Path
        $files = Get-ChildItem $PSScriptRoot -Recurse -Filter '*.Tests.ps1' | Where-Object { Select-String -Quiet -LiteralPath $_ '-Tag\b.*\bSemantics' }
        $fresh = Invoke-Fresh -LimitSeconds 240 @"
[AppContext]::SetSwitch('OrchestrationEngine.PublicApiOnly', `$true)
Import-Module '$pester'
`$configuration = New-PesterConfiguration
`$configuration.Run.Path = '$($files -join "', '")'
`$configuration.Run.PassThru = `$true
`$configuration.Filter.Tag = 'Semantics'
`$configuration.Filter.ExcludeTag = 'Process'
`$configuration.Output.Verbosity = 'None'
`$run = Invoke-Pester -Configuration `$configuration
`$run.Failed | ForEach-Object { "failed: `$(`$_.ExpandedPath): `$(`$_.ErrorRecord[0])" }
"passed: `$(`$run.PassedCount)"
"@
        $fresh.Output | Where-Object { $_ -like 'failed:*' } | Should -BeNullOrEmpty
        [int] ($fresh.Output[-1] -replace '^passed: ') | Should -BeGreaterThan 150
    }

    It 'the items run another way than without it' {
        # The public way has a script between the worker and the block.
        $depth = '"$((1 | Invoke-ParallelOrchestration { (Get-PSCallStack).Count }))"'
        $fresh = Invoke-Fresh "$depth; [AppContext]::SetSwitch('OrchestrationEngine.PublicApiOnly', `$true); $depth"
        [int] $fresh.Output[1] | Should -BeGreaterThan ([int] $fresh.Output[0])
    }
}
