# Prints the peak of this process's memory in MB after many items went through a call whose
# consumer is slow now and then. For a fresh process: see ../parallel.ps1.
param(
    [Parameter(Mandatory)] [ValidateSet('Ours', 'Theirs')] [string] $Contestant,
    [Parameter(Mandatory)] [int] $Count,
    [string] $ModulePath
)

# One after another: an array of all items would be the largest thing here.
$producer = { for ($i = 1; $i -le $Count; $i++) { $i } }
$consumer = { if ($_ % 1000 -eq 0) { Start-Sleep -Milliseconds 1 } }
if ($Contestant -eq 'Ours') {
    Import-Module $ModulePath
    & $producer | Invoke-ParallelOrchestration { $_ } -ThrottleLimit 4 | ForEach-Object $consumer
} else {
    & $producer | ForEach-Object { $_ } | ForEach-Object $consumer
}
"$([Diagnostics.Process]::GetCurrentProcess().PeakWorkingSet64 / 1MB)"
