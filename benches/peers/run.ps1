# Runs one contestant of contestants.ps1 once for warming up and then for the measure, in a
# fresh process, and prints the milliseconds of the second. It fails unless each item has
# given one output.
param(
    [Parameter(Mandatory)] [string] $Contestant,
    [Parameter(Mandatory)] [string] $Block,
    [Parameter(Mandatory)] [int] $Count,
    [Parameter(Mandatory)] [int] $Limit,
    [string] $Path
)

$ErrorActionPreference = 'Stop'
$way = (& "$PSScriptRoot/contestants.ps1")[$Contestant]
if ($way['Import']) { . $way.Import $Path }
$script = [scriptblock]::Create($Block)

$warm = @(& $way.Run (1..[Math]::Min($Count, 20)) $script $Limit).Count
if ($warm -ne [Math]::Min($Count, 20)) { throw "$Contestant gave $warm results while warming up." }

$items = 1..$Count
[GC]::Collect()
$watch = [Diagnostics.Stopwatch]::StartNew()
$output = @(& $way.Run $items $script $Limit)
$milliseconds = $watch.Elapsed.TotalMilliseconds
if ($output.Count -ne $Count) { throw "$Contestant gave $($output.Count) results for $Count items." }
$milliseconds.ToString([cultureinfo]::InvariantCulture)
