<#
.SYNOPSIS
    Runs every tests/pwsh/*.Tests.ps1 with Pester and PSScriptAnalyzer over the
    repository's scripts.
.DESCRIPTION
    The last line is "pester-counts: passed=N failed=N skipped=N", for test.sh. What
    is not on this machine is named in a line "left-out: …", and each test that failed
    once more in a line "failed: …" near the end, where it is found without a search.
    The exit code is 1 if anything failed.
.EXAMPLE
    pwsh tests/pwsh/run.ps1 -Name 'Invoke-ParallelOrchestration*'
#>
[CmdletBinding()]
param(
    # Only the tests whose full name is like one of these.
    [string[]] $Name = @()
)

# No strict mode and no preference here: a script's scope is above that of every test
# that it runs, and would change what the tests see.
$repository = Split-Path (Split-Path $PSScriptRoot -Parent) -Parent
$env:PSModulePath = (Join-Path $repository '.setup/modules') + [IO.Path]::PathSeparator + $env:PSModulePath
$counts = @{ Passed = 0; Failed = 0; Skipped = 0 }

function Write-LeftOut([string] $What) { Write-Output "left-out: $What" }

# The tests are written for Pester 5; a later major is taken where there is no other.
function Import-Pester {
    $found = @(Get-Module -ListAvailable Pester | Where-Object Version -GE '5.5' | Sort-Object Version -Descending)
    $chosen = @($found | Where-Object Version -LT '6.0') + $found | Select-Object -First 1
    if ($chosen) { Import-Module $chosen.Path -Global }
    $null -ne $chosen
}

function New-Configuration {
    $configuration = New-PesterConfiguration
    $configuration.Run.Path = $PSScriptRoot
    $configuration.Run.PassThru = $true
    $configuration.Output.Verbosity = 'Normal'
    $configuration.Output.CIFormat = 'None'
    if ([Console]::IsOutputRedirected) { $configuration.Output.RenderMode = 'Plaintext' }
    if ($Name) { $configuration.Filter.FullName = $Name }
    $configuration
}

function Get-Place($Test) { '{0}:{1}' -f [IO.Path]::GetFileName($Test.ScriptBlock.File), $Test.StartLine }

# A test is left out by Set-ItResult with a reason; one that gives none counts as failed.
function Write-Skipped($Run) {
    Set-StrictMode -Version Latest
    foreach ($test in $Run.Skipped) {
        $reason = $test.ErrorRecord | ForEach-Object { $_.Exception.Message } | Select-Object -First 1
        if ($reason -match '^is skipped, because (?<Why>.+)') {
            $counts.Skipped++
            Write-Output "skipped: $($test.ExpandedPath): $($Matches.Why)"
        } else {
            $counts.Failed++
            Write-Output "failed: $($test.ExpandedPath) ($(Get-Place $test)): it is skipped without a reason"
        }
    }
}

function Write-Failed($Run) {
    Set-StrictMode -Version Latest
    foreach ($test in $Run.Failed) {
        $reason = @($test.ErrorRecord | ForEach-Object { $_.Exception.Message -split '\r?\n' } | Where-Object { $_.Trim() })
        Write-Output "failed: $($test.ExpandedPath) ($(Get-Place $test)): $(($reason | Select-Object -First 3) -join ' ')"
    }
    foreach ($container in $Run.FailedContainers) { Write-Output "failed: $($container.Item): $($container.ErrorRecord | Select-Object -First 1)" }
}

function Invoke-PesterTest {
    if (-not (Import-Pester)) {
        $files = @(Get-ChildItem $PSScriptRoot -Recurse -Filter '*.Tests.ps1').Count
        $counts.Skipped += $files
        Write-LeftOut "$files Pester files, because Pester 5.5 or newer is not here (Install-PSResource Pester)"
        return
    }
    $run = Invoke-Pester -Configuration (New-Configuration)
    Write-Skipped $run
    Write-Failed $run
    $counts.Passed += $run.PassedCount
    # A file that cannot be read, a test without a verdict and one that a failed
    # block kept from running are no tests passed.
    $counts.Failed += $run.FailedCount + $run.FailedContainersCount
    $counts.Failed += @($run.Tests | Where-Object Result -EQ 'Inconclusive').Count
    if (-not $Name) { $counts.Failed += $run.NotRunCount }
    # An AfterAll that throws fails the run, and no test.
    if ($run.Result -ne 'Passed' -and $counts.Failed -eq 0) { $counts.Failed = 1 }
}

function Get-RepositoryScript {
    $ignored = '[\\/](\.git|\.setup|target|bin|obj|fixtures)[\\/]'
    Get-ChildItem -LiteralPath $repository -File -Filter '*.ps*1'
    'benches', 'examples', 'pwsh', 'src', 'tests', 'tools' |
        ForEach-Object { Join-Path $repository $_ } | Where-Object { Test-Path $_ } |
        ForEach-Object { Get-ChildItem -LiteralPath $_ -Recurse -File -Include '*.ps1', '*.psm1', '*.psd1' } |
        Where-Object { $_.FullName.Substring($repository.Length) -notmatch $ignored }
}

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
    Invoke-ScriptAnalyzer -Path $Path -Settings $settings -ErrorAction Stop
}

function Invoke-Analyzer {
    Set-StrictMode -Version Latest
    if (-not (Get-Module -ListAvailable PSScriptAnalyzer)) {
        Write-LeftOut 'PSScriptAnalyzer, because the module is not here (Install-PSResource PSScriptAnalyzer)'
        return
    }
    $scripts = @(Get-RepositoryScript)
    $findings = @($scripts | ForEach-Object { Get-Finding $_.FullName })
    foreach ($finding in $findings) {
        $file = [IO.Path]::GetRelativePath($repository, $finding.ScriptPath)
        Write-Output "${file}:$($finding.Line): $($finding.RuleName): $($finding.Message)"
    }
    Write-Output "PSScriptAnalyzer: $($scripts.Count) files, $($findings.Count) findings"
    $counts.Failed += $findings.Count
}

Invoke-PesterTest
if (-not $Name) { Invoke-Analyzer }
Write-Output "pester-counts: passed=$($counts.Passed) failed=$($counts.Failed) skipped=$($counts.Skipped)"
if ($counts.Failed -gt 0) { exit 1 }
