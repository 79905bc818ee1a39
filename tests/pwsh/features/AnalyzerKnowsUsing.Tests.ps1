# Feature: PSScriptAnalyzer finds a missing $using:, which holds for scripts that run on the engine as they are.
BeforeAll { . (Join-Path $PSScriptRoot '../TestSetup.ps1') }

Describe 'PSScriptAnalyzer' {
    It 'finds a missing $using: in a script whose ForEach-Object -Parallel runs on the engine' {
        if (-not (Get-Module -ListAvailable PSScriptAnalyzer)) { Set-ItResult -Skipped -Because 'PSScriptAnalyzer is not here' }
        Invoke-WithLimit {
            $script = '$a = 1; 1 | ForEach-Object -Parallel { "[$a]" }'
            Enable-ParallelForEachObject
            & ([scriptblock]::Create($script))
            (Invoke-ScriptAnalyzer -ScriptDefinition $script -IncludeRule PSUseUsingScopeModifierInNewRunspaces).RuleName
        } | Should -Be '[]', 'PSUseUsingScopeModifierInNewRunspaces'
    }
}
