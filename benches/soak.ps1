<#
.SYNOPSIS
    Runs mixed items for a long time and checks that none is lost or doubled and that memory stays flat.
.DESCRIPTION
    Rounds of 2,000 items: 5 % throw, 1 % leave by exit, 1 % run into their time limit, some make a
    nested call, the rest compute, sleep or write to several streams. After each round every
    item must have ended exactly once, in the way it was made to. The exit code is 1 if one did not,
    or if memory after the last round is more than 50 MB above that after the first fifth of the time.
.EXAMPLE
    pwsh benches/soak.ps1 -Minutes 30
#>
[CmdletBinding()]
param(
    [ValidateRange(0.1, 1440)] [double] $Minutes = 30,

    # The module to run.
    [string] $ModulePath = (Join-Path $PSScriptRoot '../pwsh/OrchestrationEngine/OrchestrationEngine.psd1'),

    [ValidateRange(1, 1024)] [int] $ThrottleLimit = 16
)

Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'
Import-Module (Resolve-Path -LiteralPath $ModulePath).ProviderPath
$itemsPerRound = 2000

# How the item of a number is made to end.
function Get-ExpectedStatus([int] $Number) {
    switch ($Number % 100) {
        { $_ -lt 5 } { return 'Failed' }
        6 { return 'TimedOut' }
        default { return 'Succeeded' }
    }
}

function Invoke-Round {
    0..($itemsPerRound - 1) | Invoke-ParallelOrchestration -ThrottleLimit $ThrottleLimit -ItemTimeoutSeconds 5 -PassThru {
        $item = $_
        switch ($_ % 100) {
            { $_ -lt 5 } { throw "item $item" }
            5 { exit 3 }
            # Half of them cannot be stopped, and cost their worker.
            6 { if ($item % 200 -eq 6) { Start-Sleep -Seconds 60 } else { [Threading.Thread]::Sleep(8000) } }
            { $_ -in 10..12 } { 1..5 | Invoke-ParallelOrchestration -ThrottleLimit 2 { $_ * 2 } }
            { $_ -in 20..25 } { Start-Sleep -Milliseconds 5 }
            { $_ -in 30..33 } { Write-Error "written by $item" }
            { $_ -in 40..45 } { Set-Variable -Name left -Value $_ -Scope Global; Set-StrictMode -Version Latest }
            default { $sum = 0; for ($i = 0; $i -lt 200; $i++) { $sum += $i } }
        }
        "out $($args.Count)"
    }
}

# What is wrong with the records of a round, if anything.
function Get-Problem([object[]] $Record) {
    $inputs = [Collections.Generic.HashSet[int]]::new()
    foreach ($one in $Record) {
        if (-not $inputs.Add($one.Input)) { "item $($one.Input) came twice" }
        $expected = Get-ExpectedStatus $one.Input
        if ($one.Status -ne $expected) { "item $($one.Input) is $($one.Status) instead of $expected" }
    }
    if ($inputs.Count -ne $itemsPerRound) { "$($itemsPerRound - $inputs.Count) items are lost" }
}

function Get-MemoryMegabyte {
    [GC]::Collect()
    [GC]::WaitForPendingFinalizers()
    [GC]::Collect()
    (Get-Process -Id $PID).WorkingSet64 / 1MB
}

$watch = [Diagnostics.Stopwatch]::StartNew()
$limit = [timespan]::FromMinutes($Minutes)
$problems = [Collections.Generic.List[string]]::new()
$rounds = 0
$settled = 0.0
while ($watch.Elapsed -lt $limit) {
    $records = @(Invoke-Round)
    Get-Problem $records | ForEach-Object { $problems.Add("round ${rounds}: $_") }
    $rounds++
    $memory = Get-MemoryMegabyte
    if ($watch.Elapsed.TotalSeconds -le $limit.TotalSeconds / 5 -or $settled -eq 0) { $settled = $memory }
    $pool = Get-OrchestrationPool | Select-Object -First 1
    Write-Output ('{0,7:n1} min, round {1,4}: {2:n0} MB, {3} workers, {4} given up so far' -f
        $watch.Elapsed.TotalMinutes, $rounds, $memory, $pool.Workers, $pool.Abandoned)
}
$growth = (Get-MemoryMegabyte) - $settled
Write-Output ('{0:n0} items in {1} rounds: {2} problems; memory {3:+0;-0;0} MB since it had settled' -f
    ($rounds * $itemsPerRound), $rounds, $problems.Count, $growth)
$problems | Select-Object -First 20
if ($problems.Count -or $growth -gt 50) { exit 1 }
