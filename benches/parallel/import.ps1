# Prints how many milliseconds Import-Module takes here. For a fresh process: see ../parallel.ps1.
param([Parameter(Mandatory)] [string] $Path)

$watch = [Diagnostics.Stopwatch]::StartNew()
Import-Module -Name $Path
$elapsed = $watch.Elapsed.TotalMilliseconds
"$elapsed"
