<#
.SYNOPSIS
    Measures what playbooks cost beside the work of their steps.
.DESCRIPTION
    Bound: a playbook of nine parallel scripts that sleep, five at a time, beside the time that no
    order could beat. Step: what a trivial PowerShell step takes in a warm runspace and in a warm
    pwsh process, beside a fresh pwsh -NoProfile and Start-Job, which take turns in this run. The
    exit code does not depend on the numbers.
.EXAMPLE
    pwsh benches/playbooks.ps1
.EXAMPLE
    pwsh benches/playbooks.ps1 -Name Step
#>
[CmdletBinding()]
param(
    # The module to measure.
    [string] $ModulePath = (Join-Path $PSScriptRoot '../pwsh/OrchestrationEngine/OrchestrationEngine.psd1'),

    # Only the measures whose name is like one of these: Bound, Step.
    [string[]] $Name = @('*'),

    # How many turns; the median counts.
    [ValidateRange(1, 99)] [int] $Repeats = 3,

    # How long each of the nine scripts sleeps, in seconds.
    [ValidateRange(1, 60)] [int] $SleepSeconds = 3
)

Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'
Import-Module (Join-Path $PSScriptRoot 'Measuring.psm1')
Import-Module (Resolve-Path -LiteralPath $ModulePath).ProviderPath

# Nine scripts as in the guide to concurrency: three waves' worth of ranges, five at a time.
function Measure-Bound {
    $folder = Join-Path ([IO.Path]::GetTempPath()) "oe-bench-$PID"
    $null = New-Item -ItemType Directory -Force -Path (Join-Path $folder 'orchestration')
    try {
        $ranges = '0000-0099', '0100-0199', '0200-0299', '0300-0399', '0400-0499', '0500-0599', '0700-0799', '0800-0899', '0900-0999'
        Set-Content (Join-Path $folder 'run-unit-tests.ps1') "param(`$Range)`nStart-Sleep -Seconds $SleepSeconds; `$Range"
        $steps = foreach ($range in $ranges) { @{ Script = 'run-unit-tests'; Parameters = @{ Range = $range }; Parallel = $true } }
        $playbook = @{ Name = 'parallel-test-suite'; Sequence = $steps; Options = @{ Parallel = $true; MaxConcurrency = 5 } }
        $median = @{}
        $turns = for ($turn = 0; $turn -lt $Repeats; $turn++) {
            Push-Location $folder
            try {
                $watch = [Diagnostics.Stopwatch]::StartNew()
                $run = Invoke-PlaybookWorkflow -PlaybookDefinition $playbook 6> $null
                $took = $watch.Elapsed.TotalSeconds
            } finally { Pop-Location }
            if (-not $run.Success -or $run.Results.Count -ne 9) { throw "The playbook ended as $($run.Status)." }
            $took
        }
        $median.Ours = Get-Median $turns
        # Whole steps cannot be cut: nine of them, five at a time, take two turns.
        $median.Theirs = 2.0 * $SleepSeconds
        New-Row "Nine scripts of $SleepSeconds s, five at a time, beside the bound" -Ours ('{0:n3} s' -f $median.Ours) -Theirs ('{0:n3} s' -f $median.Theirs) `
            -Result ($median.Ours / $median.Theirs) -Format '{0:n3}x' -Must 1.05 -Aim 1.02
    } finally {
        Remove-Item -Recurse -Force $folder
    }
}

function Measure-StepsOf([int] $Count, [hashtable] $Options) {
    $steps = foreach ($number in 1..$Count) { @{ name = "step $number"; command = '1 + 1' } }
    $watch = [Diagnostics.Stopwatch]::StartNew()
    $run = Invoke-PlaybookWorkflow -PlaybookDefinition @{ name = 'steps'; steps = $steps; options = $Options } 6> $null
    if (-not $run.Success) { throw "The playbook ended as $($run.Status): $($run.Errors)" }
    $watch.Elapsed.TotalMilliseconds
}

# What one more step takes: a playbook of many steps beside one of few, so that its own costs and
# the start of a process are in neither.
function Measure-StepOf([hashtable] $Options) {
    $few, $many = 20, 120
    $took = Measure-StepsOf $few $Options
    ((Measure-StepsOf $many $Options) - $took) / ($many - $few)
}

function Measure-Step {
    $contestants = [ordered]@{
        Runspace = { Measure-StepOf @{} }
        Process  = { Measure-StepOf @{ isolation = 'process' } }
        Fresh    = { Measure-Millisecond { pwsh -NoProfile -NonInteractive -Command '1 + 1' } }
        Job      = { Measure-Millisecond { Start-Job { 1 + 1 } | Receive-Job -Wait -AutoRemoveJob } }
    }
    $numbers = @{}
    foreach ($one in $contestants.Keys) { $numbers[$one] = [Collections.Generic.List[double]]::new() }
    for ($turn = 0; $turn -le $Repeats; $turn++) {
        foreach ($one in $contestants.Keys) {
            $number = & $contestants[$one]
            # The first turn is for warming up.
            if ($turn -gt 0) { $numbers[$one].Add($number) }
        }
    }
    $medians = @{}
    foreach ($one in $contestants.Keys) { $medians[$one] = Get-Median $numbers[$one] }
    $texts = @{ Theirs = '{0:n0} ms fresh, {1:n0} ms as a job' -f $medians.Fresh, $medians.Job }
    New-Row 'A trivial step in a warm process' @texts -Ours ('{0:n1} ms' -f $medians.Process) -Result $medians.Process -Format '{0:n1} ms' -Must 10 -Aim 5
    New-Row 'A trivial step in a warm runspace' @texts -Ours ('{0:n1} ms' -f $medians.Runspace) -Result $medians.Runspace -Format '{0:n1} ms' -Must 10 -Aim 2
}

$measures = [ordered]@{ Bound = { Measure-Bound }; Step = { Measure-Step } }
Write-Machine
$rows = foreach ($one in Select-Measure $measures $Name) { & $measures[$one] }
Format-MarkdownTable @($rows)
