<#
.SYNOPSIS
    Measures Invoke-ParallelOrchestration beside everything else that runs blocks in parallel.
.DESCRIPTION
    Contestants take turns, each time in a process of its own. A table for each measure, best
    first; the last column is the time over that of the best of ours. A contestant that is not
    there is named and left out. One that would take longer than -BudgetSeconds, judged by its
    smaller measure, is not run: its time is then what the smaller one foretells, with a "~".
    The exit code is 1 if a contestant of others was faster than ours in any measure.
.EXAMPLE
    $env:OE_BENCH_SPLITPIPELINE = 'SplitPipeline'; pwsh benches/peers.ps1
.EXAMPLE
    pwsh benches/peers.ps1 -Measure Trivial* -Repeats 1
#>
[CmdletBinding()]
param(
    # The module to measure.
    [string] $ModulePath = (Join-Path $PSScriptRoot '../pwsh/OrchestrationEngine/OrchestrationEngine.psd1'),

    # Only the measures whose name is like one of these.
    [string[]] $Measure = @('*'),

    # How many turns; the median counts.
    [ValidateRange(1, 99)] [int] $Repeats = 3,

    [ValidateRange(1, 86400)] [int] $BudgetSeconds = 60
)

Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'
Import-Module (Join-Path $PSScriptRoot 'Measuring.psm1')

# Name or path of each peer that does not come with PowerShell.
$paths = [ordered]@{
    'Invoke-ParallelOrchestration'           = (Resolve-Path -LiteralPath $ModulePath).ProviderPath
    'Invoke-ParallelOrchestration -Stateful' = (Resolve-Path -LiteralPath $ModulePath).ProviderPath
    'ForEach-Object -Parallel'               = ''
    'Start-ThreadJob'                        = ''
    'Split-Pipeline'                         = "$env:OE_BENCH_SPLITPIPELINE"
    'Invoke-Parallel (PSParallelPipeline)'   = "$env:OE_BENCH_PSPARALLELPIPELINE"
    'Start-RSJob (PoshRSJob)'                = "$env:OE_BENCH_POSHRSJOB"
    'Invoke-Parallel.ps1'                    = "$env:OE_BENCH_INVOKEPARALLEL"
}
$ownNames = @($paths.Keys | Select-Object -First 2)

# "Like" is the measure by which is judged how long a contestant would take.
$measures = [ordered]@{
    'Trivial, 2,000'   = @{ Block = '$_'; Count = 2000; Limit = 2 }
    'Trivial, 100,000' = @{ Block = '$_'; Count = 100000; Limit = 2; Like = 'Trivial, 2,000' }
    'CPU loop, 64'     = @{ Block = '$sum = 0; for ($i = 0; $i -lt 20000; $i++) { $sum += $i }; $sum'; Count = 64; Limit = 2 }
    'Sleep 20 ms, 200' = @{ Block = 'Start-Sleep -Milliseconds 20; $_'; Count = 200; Limit = 10 }
    'Native, 100'      = @{ Block = '/bin/true; $LASTEXITCODE'; Count = 100; Limit = 2 }
    'Module, 200'      = @{ Block = "Import-Module '$PSScriptRoot/peers/Twenty.psm1'; Get-Twentieth 1"; Count = 200; Limit = 2 }
}

function Invoke-Contestant([string] $Contestant, [hashtable] $What) {
    $arguments = '-Contestant', $Contestant, '-Block', $What.Block, '-Count', $What.Count, '-Limit', $What.Limit
    if ($paths[$Contestant]) { $arguments += '-Path', $paths[$Contestant] }
    $output = & ([Environment]::ProcessPath) -NoProfile -NonInteractive -File "$PSScriptRoot/peers/run.ps1" @arguments 2>&1
    if ($LASTEXITCODE -ne 0) {
        if ($Contestant -in $ownNames) { throw "$Contestant failed: $output" }
        # A peer that loses items has no time for the measure, and the others go on.
        Write-Warning "$Contestant failed with '$($What.Block)': $("$output" -replace '\x1b\[[\d;]*m' -replace '\s+', ' ')"
        return
    }
    [double]::Parse("$(@($output)[-1])", [cultureinfo]::InvariantCulture)
}

# Who takes part: what comes with PowerShell or is ours, and the peers that the environment names.
function Get-Contestant {
    foreach ($name in $paths.Keys) {
        if ($paths[$name] -or $name -in 'ForEach-Object -Parallel', 'Start-ThreadJob') { $name }
        else { Write-Warning "$name is left out: no environment variable says where it is." }
    }
}

function Measure-One([string] $Name, [string[]] $Contestant, [hashtable] $Known) {
    $what = $measures[$Name]
    $times = @{}
    $foretold = @{}
    for ($turn = 0; $turn -lt $Repeats; $turn++) {
        foreach ($one in $Contestant) {
            $guess = if ($what['Like'] -and $Known[$what.Like]) { $Known[$what.Like][$one] * $what.Count / $measures[$what.Like].Count } else { 0 }
            if ($guess -gt 1000 * $BudgetSeconds) { $foretold[$one] = $guess; continue }
            $time = Invoke-Contestant $one $what
            if ($null -eq $time) { continue }
            if (-not $times[$one]) { $times[$one] = [Collections.Generic.List[double]]::new() }
            $times[$one].Add($time)
        }
    }
    $medians = @{}
    foreach ($one in $times.Keys) { $medians[$one] = Get-Median $times[$one] }
    foreach ($one in $foretold.Keys) { $medians[$one] = $foretold[$one] }
    $Known[$Name] = $medians
    $best = ($ownNames | ForEach-Object { $medians[$_] } | Measure-Object -Minimum).Minimum
    foreach ($one in $medians.Keys | Sort-Object { $medians[$_] }) {
        [pscustomobject]@{
            Measure     = $Name
            Contestant  = $one
            Time        = '{0}{1:n0} ms' -f $(if ($foretold.ContainsKey($one)) { '~' } else { '' }), $medians[$one]
            'An item'   = '{0:n1} µs' -f ($medians[$one] * 1000 / $what.Count)
            'Over ours' = '{0:n2}×' -f ($medians[$one] / $best)
            IsFaster    = $one -notin $ownNames -and $medians[$one] -lt $best
        }
    }
}

$contestants = @(Get-Contestant)
$known = @{}
$rows = foreach ($name in $measures.Keys) {
    if (-not $Measure.Where{ $name -like $_ }) { continue }
    Write-Progress -Activity 'Measuring' -Status $name
    $found = @(Measure-One $name $contestants $known)
    $found | Format-Table Measure, Contestant, Time, 'An item', 'Over ours' -AutoSize | Out-String -Width 160 | Out-Host
    $found
}
Write-Progress -Activity 'Measuring' -Completed
$faster = @($rows | Where-Object IsFaster)
$faster | ForEach-Object { Write-Output "faster than ours in $($_.Measure): $($_.Contestant)" }
if ($faster) { exit 1 }
Write-Output 'Ours is first in each measure.'
