# A folder of scripts, to be dot-sourced in BeforeAll of tests that look for some.
[Diagnostics.CodeAnalysis.SuppressMessageAttribute('PSUseDeclaredVarsMoreThanAssignments', '', Justification = 'What dot-sources it has the variables')]
param()

# Every script would leave a file if it ran.
function New-Script([string] $Path, [string] $Head = '') {
    $file = Join-Path $TestDrive $Path
    $null = New-Item -ItemType Directory -Path (Split-Path $file) -Force
    [IO.File]::WriteAllText($file, "$Head`n'ran' | Set-Content -LiteralPath '$TestDrive/ran.txt'`n'output of $(Split-Path $Path -Leaf)'`n")
}

function Get-Number { @(Get-OrchestrationScript @args | ForEach-Object Number) }

function Get-Refusal([scriptblock] $Call) {
    try { $null = & $Call } catch { $_ }
}

New-Script 'automation-scripts/0402_Run-UnitTests.ps1' "# Stage: Testing`n# Description: Runs the unit tests`n# Dependencies: 0400, 0744 (Auto Documentation)`n# Tags: tests, unit"
New-Script 'automation-scripts/0404_Run-Lint.ps1' "#Requires -Version 7.0`n<#`n.SYNOPSIS`n    Looks for what is bad style`n.DESCRIPTION`n    Longer.`n.NOTES`n    Stage: Validation`n    Dependencies: None`n#>`nparam()`n# Tags: late"
New-Script 'automation-scripts/0407_Validate-Syntax.ps1' 'param([string] $Who)'
New-Script 'automation-scripts/0501_Report.ps1'
New-Script 'automation-scripts/32-onboarding/3250_Install-ComfyUI.ps1'
New-Script 'automation-scripts/run-unit-tests.ps1'
New-Script 'automation-scripts/_init.ps1'
New-Script 'automation-scripts/_archive/0403_Old.ps1'
New-Script 'automation-scripts/.hidden/0405_Hidden.ps1'
Set-Content (Join-Path $TestDrive 'automation-scripts/0406_Notes.txt') 'no script'
$scripts = Join-Path $TestDrive 'automation-scripts'
