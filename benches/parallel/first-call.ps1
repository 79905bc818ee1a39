# Prints how many milliseconds it takes from the start of a call with one item to its first
# output, and then how many a second such call takes. For a fresh process: see ../parallel.ps1.
param([Parameter(Mandatory)] [ValidateSet('Ours', 'Theirs')] [string] $Contestant, [string] $ModulePath)

if ($Contestant -eq 'Ours') { Import-Module $ModulePath }

# What comes behind the call is a block that has run before, and no cmdlet: those of
# Microsoft.PowerShell.Utility would load it within the time that is measured.
$watch = [Diagnostics.Stopwatch]::new()
$arrival = @{ First = 0.0 }
$consumer = { process { if ($arrival.First -eq 0.0) { $arrival.First = $watch.Elapsed.TotalMilliseconds } } }
1 | & $consumer
$arrival.First = 0.0

$watch.Start()
if ($Contestant -eq 'Ours') {
    1 | Invoke-ParallelOrchestration { $_ } | & $consumer
    $watch.Restart()
    1 | Invoke-ParallelOrchestration { $_ } | & $consumer
} else {
    1 | ForEach-Object -Parallel { $_ } | & $consumer
    $watch.Restart()
    1 | ForEach-Object -Parallel { $_ } | & $consumer
}
$second = $watch.Elapsed.TotalMilliseconds
"$($arrival.First) $second"
