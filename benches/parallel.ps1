<#
.SYNOPSIS
    Measures Invoke-ParallelOrchestration beside ForEach-Object -Parallel and prints one table.
.DESCRIPTION
    Every row is a ratio or a difference between contestants that took turns in this run, a
    median after a warm-up. What is compared and why: benches/README.md. The table is
    Markdown. The exit code does not depend on the numbers.
.EXAMPLE
    pwsh benches/parallel.ps1
.EXAMPLE
    pwsh benches/parallel.ps1 -Quick
    A smoke run of some seconds with small numbers, which say nothing.
.EXAMPLE
    pwsh benches/parallel.ps1 -Name Trivial -Peer SplitPipeline,~/modules/PSParallelPipeline
    With a further row for each of these modules.
#>
[CmdletBinding()]
param(
    # Modules by name or path: SplitPipeline, PSParallelPipeline. Also taken from the
    # environment variable OE_BENCH_PEERS, separated as in PATH.
    [string[]] $Peer = @("$env:OE_BENCH_PEERS".Split([IO.Path]::PathSeparator, [StringSplitOptions]::RemoveEmptyEntries)),

    # The module to measure.
    [string] $ModulePath = (Join-Path $PSScriptRoot '../pwsh/OrchestrationEngine/OrchestrationEngine.psd1'),

    # Only the measures whose name is like one of these: Trivial, Loop, Sleep, Import, FirstCall, Memory.
    [string[]] $Name = @('*'),

    [switch] $Quick
)

Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'
Import-Module (Join-Path $PSScriptRoot 'Measuring.psm1')

# pwsh -File hands a list over as one text.
$Peer = @($Peer -split '\s*,\s*')
$module = (Resolve-Path -LiteralPath $ModulePath).ProviderPath
$size = if ($Quick) {
    @{ Repeats = 1; Fresh = 1; MemoryRuns = 1; Ours = 5000; Theirs = 200; Loops = 16; Sleeps = 80; Many = 20000; Few = 1000 }
} else {
    @{ Repeats = 5; Fresh = 11; MemoryRuns = 3; Ours = 100000; Theirs = 2000; Loops = 64; Sleeps = 400; Many = 1000000; Few = 10000 }
}

# ---- Measuring --------------------------------------------------------------

# Each contestant runs once for warming up, which also proves that it gives one result
# an item; then they take turns.
function Measure-InTurn([Collections.Specialized.OrderedDictionary] $Contestant, [hashtable] $Expected) {
    $times = @{}
    foreach ($name in $Contestant.Keys) {
        $count = @(& $Contestant[$name]).Count
        if ($count -ne $Expected[$name]) { throw "$name gave $count results for $($Expected[$name]) items." }
        $times[$name] = [Collections.Generic.List[double]]::new()
    }
    for ($turn = 0; $turn -lt $size.Repeats; $turn++) {
        foreach ($name in $Contestant.Keys) { $times[$name].Add((Measure-Millisecond $Contestant[$name])) }
    }
    $medians = @{}
    foreach ($name in $Contestant.Keys) { $medians[$name] = Get-Median $times[$name] }
    $medians
}

# Runs one of the scripts in the folder "parallel" in a process of its own, and returns
# the numbers that it prints.
function Invoke-Fresh([string] $Script, [string[]] $Argument) {
    $file = Join-Path $PSScriptRoot "parallel/$Script.ps1"
    $output = & ([Environment]::ProcessPath) -NoProfile -NonInteractive -File $file @Argument
    if ($LASTEXITCODE -ne 0) { throw "$Script.ps1 $Argument failed: $output" }
    , [double[]]("$output".Split(' '))
}

# The medians of what each contestant's fresh processes print, column by column. The
# first turn only fills the system's file cache.
function Measure-Fresh([string] $Script, [Collections.Specialized.OrderedDictionary] $Contestant, [int] $Turns) {
    $printed = @{}
    foreach ($name in $Contestant.Keys) { $printed[$name] = [Collections.Generic.List[double[]]]::new() }
    for ($turn = 0; $turn -le $Turns; $turn++) {
        foreach ($name in $Contestant.Keys) {
            $numbers = Invoke-Fresh $Script $Contestant[$name]
            if ($turn -gt 0) { $printed[$name].Add($numbers) }
        }
    }
    $medians = @{}
    foreach ($name in $Contestant.Keys) {
        $columns = 0..($printed[$name][0].Count - 1)
        $medians[$name] = @(foreach ($column in $columns) { Get-Median @($printed[$name] | ForEach-Object { $_[$column] }) })
    }
    $medians
}

# ---- Rows -------------------------------------------------------------------

function Get-TrivialContestant {
    $contestants = [ordered]@{
        Ours   = { 1..$size.Ours | Invoke-ParallelOrchestration { $_ } -ThrottleLimit 2 }
        Theirs = { 1..$size.Theirs | ForEach-Object -Parallel { $_ } -ThrottleLimit 2 }
    }
    foreach ($found in $Peer) {
        $commands = (Import-Module $found -PassThru).ExportedCommands.Keys
        if ($commands -contains 'Split-Pipeline') {
            $contestants['Split-Pipeline'] = { 1..$size.Theirs | Split-Pipeline { process { $_ } } -Count 2 }
        } elseif ($commands -contains 'Invoke-Parallel') {
            $contestants['Invoke-Parallel'] = { 1..$size.Theirs | Invoke-Parallel { $_ } -ThrottleLimit 2 }
        } else {
            Write-Warning "$found is left out: this script does not know its commands."
        }
    }
    $contestants
}

function Measure-Trivial {
    $contestants = Get-TrivialContestant
    $expected = @{}
    foreach ($name in $contestants.Keys) { $expected[$name] = $size.Theirs }
    $expected.Ours = $size.Ours
    $medians = Measure-InTurn $contestants $expected
    $ours = $medians.Ours / $size.Ours * 1000
    foreach ($name in @($contestants.Keys | Select-Object -Skip 1)) {
        $theirs = $medians[$name] / $size.Theirs * 1000
        $isPeer = $name -eq 'Theirs'
        $measure = 'Trivial block, {0:n0} items, ThrottleLimit 2' -f $size.Ours
        $row = @{
            Measure      = if ($isPeer) { $measure } else { "  beside $name" }
            Ours         = '{0:n1} µs an item' -f $ours
            Theirs       = '{0:n1} µs an item' -f $theirs
            Result       = $theirs / $ours
            Format       = if ($isPeer) { '{0:n0}×' } else { '{0:n1}×' }
            Must         = if ($isPeer) { 150 }
            Aim          = if ($isPeer) { 300 }
            MoreIsBetter = $true
        }
        New-Row @row
    }
}

function Measure-Loop {
    $loop = { $sum = 0; for ($i = 0; $i -lt 20000; $i++) { $sum += $i }; $sum }
    $medians = Measure-InTurn ([ordered]@{
            Ours   = { 1..$size.Loops | Invoke-ParallelOrchestration $loop -ThrottleLimit 5 }
            Theirs = { 1..$size.Loops | ForEach-Object -Parallel $loop -ThrottleLimit 5 }
        }) @{ Ours = $size.Loops; Theirs = $size.Loops }
    $row = @{
        Measure      = "Loop of 20,000 additions, $($size.Loops) items, ThrottleLimit 5"
        Ours         = '{0:n0} ms' -f $medians.Ours
        Theirs       = '{0:n0} ms' -f $medians.Theirs
        Result       = $medians.Theirs / $medians.Ours
        Format       = '{0:n1}×'
        Must         = 8
        Aim          = 15
        MoreIsBetter = $true
    }
    New-Row @row
}

function Measure-Sleep {
    $ideal = $size.Sleeps * 5 / 8
    $medians = Measure-InTurn ([ordered]@{
            Ours = { 1..$size.Sleeps | Invoke-ParallelOrchestration { Start-Sleep -Milliseconds 5; $_ } -ThrottleLimit 8 }
        }) @{ Ours = $size.Sleeps }
    $row = @{
        Measure = "Start-Sleep -Milliseconds 5, $($size.Sleeps) items, ThrottleLimit 8; beside the ideal"
        Ours    = '{0:n0} ms' -f $medians.Ours
        Theirs  = '{0:n0} ms' -f $ideal
        Result  = $medians.Ours / $ideal
        Format  = '{0:n2}×'
        Must    = 1.25
        Aim     = 1.1
    }
    New-Row @row
}

function Measure-Import {
    $empty = New-EmptyModule
    try {
        $medians = Measure-Fresh 'import' ([ordered]@{ Ours = @($module); Theirs = @($empty) }) $size.Fresh
    } finally {
        Remove-Item -LiteralPath (Split-Path $empty -Parent) -Recurse
    }
    $row = @{
        Measure = 'Import-Module in a fresh process; beside an empty binary module'
        Ours    = '{0:n0} ms' -f $medians.Ours[0]
        Theirs  = '{0:n0} ms' -f $medians.Theirs[0]
        Result  = $medians.Ours[0] - $medians.Theirs[0]
        Format  = '{0:+0;-0;0} ms'
        Must    = 80
        Aim     = 40
    }
    New-Row @row
}

function New-EmptyModule {
    $folder = Join-Path ([IO.Path]::GetTempPath()) "oe-bench-$([Guid]::NewGuid().ToString('n'))"
    $null = New-Item -ItemType Directory $folder
    $file = Join-Path $folder 'Empty.dll'
    Add-Type -TypeDefinition 'public static class Empty { }' -OutputAssembly $file
    $file
}

function Measure-FirstCall {
    $medians = Measure-Fresh 'first-call' ([ordered]@{ Ours = @('Ours', $module); Theirs = @('Theirs') }) $size.Fresh
    $first = @{
        Measure = 'First output of the first call in a fresh process'
        Ours    = '{0:n1} ms' -f $medians.Ours[0]
        Theirs  = '{0:n1} ms' -f $medians.Theirs[0]
        Result  = $medians.Ours[0] / $medians.Theirs[0]
        Format  = '{0:n2}×'
        Must    = 1.5
        Aim     = 1
    }
    New-Row @first
    $second = @{
        Measure = 'Second call, one trivial item'
        Ours    = '{0:n1} ms' -f $medians.Ours[1]
        Theirs  = '{0:n1} ms' -f $medians.Theirs[1]
        Result  = $medians.Ours[1]
        Format  = '{0:n1} ms'
        Must    = 5
        Aim     = 2
    }
    New-Row @second
}

function Measure-Memory {
    $medians = Measure-Fresh 'memory' ([ordered]@{
            OursMany   = @('Ours', $size.Many, $module)
            OursFew    = @('Ours', $size.Few, $module)
            TheirsMany = @('Theirs', $size.Many)
            TheirsFew  = @('Theirs', $size.Few)
        }) $size.MemoryRuns
    $ours = $medians.OursMany[0] - $medians.OursFew[0]
    $row = @{
        Measure = 'Peak memory, {0:n0} items over {1:n0}, ThrottleLimit 4, slow consumer; beside sequential ForEach-Object' -f $size.Many, $size.Few
        Ours    = '{0:+0;-0;0} MB' -f $ours
        Theirs  = '{0:+0;-0;0} MB' -f ($medians.TheirsMany[0] - $medians.TheirsFew[0])
        Result  = $ours
        Format  = '{0:+0;-0;0} MB'
        Must    = 100
        Aim     = 40
    }
    New-Row @row
}

# ---- Report -----------------------------------------------------------------

$measures = [ordered]@{
    Trivial = { Measure-Trivial }; Loop = { Measure-Loop }; Sleep = { Measure-Sleep }; Import = { Measure-Import }
    FirstCall = { Measure-FirstCall }; Memory = { Measure-Memory }
}
$chosen = @(Select-Measure $measures $Name)

Import-Module $module
Write-Machine
Write-Output ('Medians of {0} in turns after a warm-up; of {1} fresh processes; of {2} for memory' -f $size.Repeats, $size.Fresh, $size.MemoryRuns)
$rows = @(foreach ($measure in $chosen) {
        Write-Progress -Activity 'Measuring' -Status $measure
        & $measures[$measure]
    })
Write-Progress -Activity 'Measuring' -Completed
Write-Output ''
Format-MarkdownTable $rows
if ($Quick) { Write-Output '', 'This was a smoke run: the numbers say nothing.' }
