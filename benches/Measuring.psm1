# What the benches in PowerShell share: which measures are meant, medians, rows with their verdict, and how they are printed.
Set-StrictMode -Version Latest

# The names of the measures that are like one of these. pwsh -File hands a list over as one text.
function Select-Measure([Collections.Specialized.OrderedDictionary] $Measure, [string[]] $Name) {
    $patterns = @($Name -split '\s*,\s*')
    $chosen = @($Measure.Keys | Where-Object { $one = $_; $patterns.Where{ $one -like $_ } })
    if (-not $chosen) { throw "No measure is like $Name; there are $($Measure.Keys -join ', ')." }
    $chosen
}

function Get-Median([double[]] $Value) {
    $sorted = @($Value | Sort-Object)
    $middle = [int][Math]::Floor($sorted.Count / 2)
    if ($sorted.Count % 2) { $sorted[$middle] } else { ($sorted[$middle - 1] + $sorted[$middle]) / 2 }
}

function Measure-Millisecond([scriptblock] $Run) {
    $watch = [Diagnostics.Stopwatch]::StartNew()
    $null = & $Run
    $watch.Elapsed.TotalMilliseconds
}

function Get-Verdict([double] $Value, [double] $Must, [double] $Aim, [bool] $MoreIsBetter) {
    $sign = if ($MoreIsBetter) { 1 } else { -1 }
    if ($sign * ($Value - $Aim) -ge 0) { 'aim' } elseif ($sign * ($Value - $Must) -ge 0) { 'must' } else { 'NO' }
}

# "Result" is the number that is judged, already a ratio or a difference.
function New-Row([string] $Measure, [string] $Ours, [string] $Theirs, [double] $Result, [string] $Format, $Must, $Aim, [switch] $MoreIsBetter) {
    $relation = if ($MoreIsBetter) { '≥' } else { '≤' }
    [pscustomobject]@{
        Measure = $Measure
        Ours    = $Ours
        Peer    = $Theirs
        Result  = $Format -f $Result
        Must    = if ($null -ne $Must) { "$relation $($Format -f $Must)" } else { '' }
        Aim     = if ($null -ne $Aim) { "$relation $($Format -f $Aim)" } else { '' }
        Met     = if ($null -ne $Must) { Get-Verdict $Result $Must $Aim $MoreIsBetter } else { '' }
    }
}

# Two times, of which ours is judged by itself.
function New-TimeRow([string] $Measure, [hashtable] $Median, [string] $Format, [double] $Must, [double] $Aim) {
    $texts = @{ Ours = $Format -f $Median.Ours; Theirs = $Format -f $Median.Theirs }
    New-Row $Measure @texts -Result $Median.Ours -Format $Format -Must $Must -Aim $Aim
}

function Get-ProcessorName {
    $line = if (Test-Path /proc/cpuinfo) { Select-String -Path /proc/cpuinfo -Pattern '^model name\s*:\s*(.+)$' -List }
    if ($line) { $line.Matches[0].Groups[1].Value } else { "$env:PROCESSOR_IDENTIFIER" }
}

function Get-LoadAverage {
    if (Test-Path /proc/loadavg) { (Get-Content /proc/loadavg).Split(' ')[0] } else { 'not known' }
}

# The machine, as the lines above a table.
function Write-Machine {
    Write-Output ('{0} × {1}, {2} {3}' -f [Environment]::ProcessorCount, (Get-ProcessorName),
        [Runtime.InteropServices.RuntimeInformation]::OSDescription, [Runtime.InteropServices.RuntimeInformation]::OSArchitecture)
    Write-Output ('PowerShell {0}, {1}, load before the run {2}' -f $PSVersionTable.PSVersion,
        [Runtime.InteropServices.RuntimeInformation]::FrameworkDescription, (Get-LoadAverage))
}

function Format-MarkdownTable([object[]] $Row) {
    $titles = @($Row[0].PSObject.Properties.Name)
    $widths = @(foreach ($title in $titles) { (@($title) + @($Row.$title) | Measure-Object Length -Maximum).Maximum })
    $line = { param($cells) '| ' + (@(for ($i = 0; $i -lt $cells.Count; $i++) { "$($cells[$i])".PadRight($widths[$i]) }) -join ' | ') + ' |' }
    & $line $titles
    & $line @($widths | ForEach-Object { '-' * $_ })
    foreach ($entry in $Row) { & $line @($titles | ForEach-Object { $entry.$_ }) }
}

Export-ModuleMember -Function Select-Measure, Get-Median, Measure-Millisecond, New-Row, New-TimeRow, Write-Machine, Format-MarkdownTable
