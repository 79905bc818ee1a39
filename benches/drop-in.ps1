<#
.SYNOPSIS
    Measures what ForEach-Object -Parallel's users wait for: limits, first records, and the proxy.
.DESCRIPTION
    Contestants take turns in this process; medians. Timeout: how long a call with a limit of 1 s
    takes whose item is in a call of .NET for 5 s. FirstRecord: how old the first record of a slow
    upstream is when it arrives. Proxy: ForEach-Object without -Parallel, with and without
    Enable-ParallelForEachObject. The exit code does not depend on the numbers.
.EXAMPLE
    pwsh benches/drop-in.ps1
.EXAMPLE
    pwsh benches/drop-in.ps1 -Name Proxy
#>
[CmdletBinding()]
param(
    # The module to measure.
    [string] $ModulePath = (Join-Path $PSScriptRoot '../pwsh/OrchestrationEngine/OrchestrationEngine.psd1'),

    # Only the measures whose name is like one of these: Timeout, FirstRecord, Proxy.
    [string[]] $Name = @('*'),

    # How many turns; the median counts.
    [ValidateRange(1, 99)] [int] $Repeats = 3
)

Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'
Import-Module (Join-Path $PSScriptRoot 'Measuring.psm1')
Import-Module (Resolve-Path -LiteralPath $ModulePath).ProviderPath

# The medians of what each contestant gives: a number.
function Measure-InTurn([Collections.Specialized.OrderedDictionary] $Contestant) {
    $numbers = @{}
    foreach ($one in $Contestant.Keys) { $numbers[$one] = [Collections.Generic.List[double]]::new() }
    for ($turn = 0; $turn -le $Repeats; $turn++) {
        foreach ($one in $Contestant.Keys) {
            $number = & $Contestant[$one]
            # The first turn is for warming up.
            if ($turn -gt 0) { $numbers[$one].Add($number) }
        }
    }
    $medians = @{}
    foreach ($one in $Contestant.Keys) { $medians[$one] = Get-Median $numbers[$one] }
    $medians
}

function Measure-Timeout {
    # Both write an error.
    $ErrorActionPreference = 'SilentlyContinue'
    $blocks = { [Threading.Thread]::Sleep(5000) }
    $medians = Measure-InTurn ([ordered]@{
            Ours   = { Measure-Millisecond { 1 | Invoke-ParallelOrchestration $blocks -TimeoutSeconds 1 2>$null } }
            Theirs = { Measure-Millisecond { 1 | ForEach-Object -Parallel $blocks -TimeoutSeconds 1 2>$null } }
        })
    New-TimeRow 'A limit of 1 s, an item in a call of .NET for 5 s' $medians '{0:n0} ms' -Must 1500 -Aim 1400
}

function Measure-FirstRecord {
    $upstream = { [Diagnostics.Stopwatch]::GetTimestamp(); Start-Sleep -Seconds 2; [Diagnostics.Stopwatch]::GetTimestamp() }
    $age = { process { [Diagnostics.Stopwatch]::GetElapsedTime($_).TotalMilliseconds } }
    $medians = Measure-InTurn ([ordered]@{
            Ours   = { @(Invoke-ParallelOrchestration -InputScript $upstream { $_ } | & $age)[0] }
            Theirs = { @(& $upstream | ForEach-Object -Parallel { $_ } | & $age)[0] }
        })
    $measure = 'Age of the first record of an upstream that then sleeps 2 s; ours by -InputScript'
    New-TimeRow $measure $medians '{0:n1} ms' -Must 50 -Aim 10
}

function Measure-Proxy {
    $run = { 1..200000 | ForEach-Object { $_ } }
    try {
        $medians = Measure-InTurn ([ordered]@{
                Ours   = { Enable-ParallelForEachObject; Measure-Millisecond $run }
                Theirs = { Disable-ParallelForEachObject; Measure-Millisecond $run }
            })
    } finally {
        Disable-ParallelForEachObject
    }
    $row = @{
        Measure = 'ForEach-Object without -Parallel, 200,000 items, through the proxy'
        Ours    = '{0:n0} ms' -f $medians.Ours
        Theirs  = '{0:n0} ms' -f $medians.Theirs
        Result  = $medians.Ours / $medians.Theirs
        Format  = '{0:n2}×'
        Must    = 2
        Aim     = 1.25
    }
    New-Row @row
}

$measures = [ordered]@{ Timeout = { Measure-Timeout }; FirstRecord = { Measure-FirstRecord }; Proxy = { Measure-Proxy } }
$chosen = @(Select-Measure $measures $Name)

Write-Machine
Write-Output "Medians of $Repeats in turns after a warm-up"
$rows = @(foreach ($measure in $chosen) { & $measures[$measure] })
Write-Output ''
Format-MarkdownTable $rows
