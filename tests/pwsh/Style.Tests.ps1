# PSScriptAnalyzer finds nothing in the repository's scripts.
[Diagnostics.CodeAnalysis.SuppressMessageAttribute('PSUseDeclaredVarsMoreThanAssignments', '', Justification = 'Pester reads them in other blocks.')]
param()

BeforeDiscovery {
    $repository = [IO.Path]::GetFullPath((Join-Path $PSScriptRoot '../..'))
    $ignored = '[\\/](\.git|\.setup|target|bin|obj|fixtures)[\\/]'
    $scripts = @(
        Get-ChildItem -LiteralPath $repository -File -Filter '*.ps*1'
        'benches', 'examples', 'pwsh', 'src', 'tests', 'tools' |
            ForEach-Object { Join-Path $repository $_ } | Where-Object { Test-Path $_ } |
            ForEach-Object { Get-ChildItem -LiteralPath $_ -Recurse -File -Include '*.ps1', '*.psm1', '*.psd1' } |
            Where-Object { $_.FullName.Substring($repository.Length) -notmatch $ignored }
    ) | ForEach-Object { @{ Path = $_.FullName; Name = [IO.Path]::GetRelativePath($repository, $_.FullName) } }
    $isMissing = -not (Get-Module -ListAvailable PSScriptAnalyzer)
}

BeforeAll {
    $repository = [IO.Path]::GetFullPath((Join-Path $PSScriptRoot '../..'))
    # Tests write what a user might, good style or not; and that BeforeAll's variables
    # are used in It is nothing the analyzer sees.
    $rulesNotForTests = @(
        'PSAvoidAssignmentToAutomaticVariable'
        'PSAvoidGlobalVars'
        'PSAvoidUsingCmdletAliases'
        'PSAvoidUsingEmptyCatchBlock'
        'PSAvoidUsingInvokeExpression'
        'PSAvoidUsingPositionalParameters'
        'PSUseDeclaredVarsMoreThanAssignments'
    )

    function Get-Finding([string] $Path) {
        $settings = Import-PowerShellDataFile (Join-Path $repository 'PSScriptAnalyzerSettings.psd1')
        if ($Path -like '*.Tests.ps1') { $settings.ExcludeRules += $rulesNotForTests }
        Invoke-ScriptAnalyzer -Path $Path -Settings $settings -ErrorAction Stop |
            ForEach-Object { "line $($_.Line): $($_.RuleName): $($_.Message)" }
    }
}

Describe 'The repository' {
    It 'has scripts to look at' -ForEach @{ Count = $scripts.Count } {
        $Count | Should -BeGreaterThan 100
    }
}

Describe 'The script <Name>' -ForEach $scripts {
    It 'gives PSScriptAnalyzer nothing to find' -ForEach @{ IsMissing = $isMissing } {
        if ($IsMissing) { Set-ItResult -Skipped -Because 'the module PSScriptAnalyzer is not here' }
        Get-Finding $Path | Should -BeNullOrEmpty
    }
}
