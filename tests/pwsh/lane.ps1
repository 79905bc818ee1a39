<#
.SYNOPSIS
    Takes pieces of the tests and runs them, until none is left; run.ps1 starts it.
.DESCRIPTION
    The folder has plan.json: Pieces, each a list of files, and Names, as run.ps1 has
    them. A piece is taken by whoever makes its file <number>.taken. What came of it is
    put into <number>.json, and a line of the output says that the piece ended.
#>
[CmdletBinding()]
param([Parameter(Mandatory)] [string] $Folder)

# No strict mode and no preference here: a script's scope is above that of every test
# that it runs, and would change what the tests see.

# The tests are written for Pester 5; a later major is taken where there is no other.
function Import-Pester {
    $found = @(Get-Module -ListAvailable Pester | Where-Object Version -GE '5.5' | Sort-Object Version -Descending)
    $chosen = @($found | Where-Object Version -LT '6.0') + $found | Select-Object -First 1
    Import-Module $chosen.Path -Global
}

function New-Configuration($Plan, [string[]] $Path) {
    $configuration = New-PesterConfiguration
    $configuration.Run.Path = $Path
    $configuration.Run.PassThru = $true
    $configuration.Output.Verbosity = 'Normal'
    $configuration.Output.CIFormat = 'None'
    $configuration.Output.RenderMode = 'Plaintext'
    if ($Plan.Names) { $configuration.Filter.FullName = $Plan.Names }
    $configuration
}

function Get-Place($Test) { '{0}:{1}' -f [IO.Path]::GetFileName($Test.ScriptBlock.File), $Test.StartLine }

# A test is left out by Set-ItResult with a reason; one that gives none counts as failed.
function Add-Skipped($Run, $Result) {
    Set-StrictMode -Version Latest
    foreach ($test in $Run.Skipped) {
        $reason = $test.ErrorRecord | ForEach-Object { $_.Exception.Message } | Select-Object -First 1
        if ($reason -match '^is skipped, because (?<Why>.+)') {
            $Result.Skipped++
            $Result.Lines += "skipped: $($test.ExpandedPath): $($Matches.Why)"
        } else {
            $Result.Failed++
            $Result.Lines += "failed: $($test.ExpandedPath) ($(Get-Place $test)): it is skipped without a reason"
        }
    }
}

function Add-Failed($Run, $Result) {
    Set-StrictMode -Version Latest
    foreach ($test in $Run.Failed) {
        $reason = @($test.ErrorRecord | ForEach-Object { $_.Exception.Message -split '\r?\n' } | Where-Object { $_.Trim() })
        $Result.Lines += "failed: $($test.ExpandedPath) ($(Get-Place $test)): $(($reason | Select-Object -First 3) -join ' ')"
    }
    foreach ($container in $Run.FailedContainers) { $Result.Lines += "failed: $($container.Item): $($container.ErrorRecord | Select-Object -First 1)" }
}

function Get-Result($Run, [bool] $IsWhole) {
    $result = @{ Passed = $Run.PassedCount; Failed = 0; Skipped = 0; Lines = @(); Seconds = [ordered] @{} }
    Add-Skipped $Run $result
    Add-Failed $Run $result
    # A file that cannot be read, a test without a verdict and one that a failed
    # block kept from running are no tests passed.
    $result.Failed += $Run.FailedCount + $Run.FailedContainersCount
    $result.Failed += @($Run.Tests | Where-Object Result -EQ 'Inconclusive').Count
    if ($IsWhole) { $result.Failed += $Run.NotRunCount }
    # An AfterAll that throws fails the run, and no test.
    if ($Run.Result -ne 'Passed' -and $result.Failed -eq 0) { $result.Failed = 1 }
    foreach ($container in $Run.Containers) { $result.Seconds["$($container.Item)"] = [Math]::Round($container.Duration.TotalSeconds, 1) }
    $result
}

# Whether this lane is the one that takes the piece.
function Request-Piece([string] $Path) {
    try { [IO.File]::Open($Path, [IO.FileMode]::CreateNew).Dispose(); $true } catch [IO.IOException] { $false }
}

function Invoke-Piece($Plan, [int] $Number) {
    $run = Invoke-Pester -Configuration (New-Configuration $Plan $Plan.Pieces[$Number])
    $path = Join-Path $Folder "$Number.json"
    Set-Content -LiteralPath "$path.new" (ConvertTo-Json (Get-Result $run (-not $Plan.Names)) -Depth 4)
    # There as a whole, or not at all.
    Move-Item -LiteralPath "$path.new" $path
    Write-Output "piece-ended: $Number"
}

function Invoke-Lane {
    $plan = Get-Content -Raw (Join-Path $Folder 'plan.json') | ConvertFrom-Json
    for ($number = 0; $number -lt $plan.Pieces.Count; $number++) {
        if (Request-Piece (Join-Path $Folder "$number.taken")) { Invoke-Piece $plan $number }
    }
}

Import-Pester
Invoke-Lane
