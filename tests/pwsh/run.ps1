<#
.SYNOPSIS
    Runs every tests/pwsh/*.Tests.ps1 with Pester, in two processes side by side.
.DESCRIPTION
    The tests wait more than they compute. So each process, a lane, takes one piece of
    the files after the other, until none is left (lane.ps1). Every piece must have come
    to an end with counts: one that did not counts as failed, whatever became of its lane.

    The last line is "pester-counts: passed=N failed=N skipped=N", for test.sh. What
    is not on this machine is named in a line "left-out: …", and each test that failed
    once more in a line "failed: …" near the end, where it is found without a search.
    The exit code is 1 if anything failed.
.EXAMPLE
    pwsh tests/pwsh/run.ps1 -Name 'Invoke-ParallelOrchestration*'
#>
[CmdletBinding()]
param(
    # Only the tests whose full name is like one of these.
    [string[]] $Name = @(),
    [ValidateRange(1, 16)] [int] $Lanes = 2,
    # For how long a lane may take for a piece until it is ended, and the piece failed.
    [ValidateRange(1, 3600)] [int] $LimitSeconds = 600
)

Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'
$repository = Split-Path (Split-Path $PSScriptRoot -Parent) -Parent
$env:PSModulePath = (Join-Path $repository '.setup/modules') + [IO.Path]::PathSeparator + $env:PSModulePath

# What takes longest is begun first, a file a piece, so that no lane waits for another at the end.
$longest = 'PublicApi', 'Readme', 'Style', 'ForEachObjectOwnTests', 'Help', 'Progress', 'Timeouts', 'Memory', 'WorkflowDefects', 'Workflow', 'Throttle', 'Stopping', 'Retry'
$filesOfPiece = 6

function Get-Piece {
    $files = @(Get-ChildItem $PSScriptRoot -Recurse -Filter '*.Tests.ps1' | ForEach-Object FullName | Sort-Object)
    $first = @($longest | ForEach-Object { $long = $_; $files | Where-Object { [IO.Path]::GetFileName($_) -eq "$long.Tests.ps1" } })
    $first | ForEach-Object { , @($_) }
    $rest = @($files | Where-Object { $_ -notin $first })
    for ($at = 0; $at -lt $rest.Count; $at += $filesOfPiece) {
        , @($rest[$at..([Math]::Min($at + $filesOfPiece, $rest.Count) - 1)])
    }
}

function Start-Lane([string] $Folder) {
    $start = [Diagnostics.ProcessStartInfo]::new((Get-Process -Id $PID).Path)
    $start.RedirectStandardInput = $start.RedirectStandardOutput = $true
    '-NoProfile', '-NonInteractive', '-File', (Join-Path $PSScriptRoot 'lane.ps1'), '-Folder', $Folder | ForEach-Object { $start.ArgumentList.Add($_) }
    $process = [Diagnostics.Process]::Start($start)
    # Nobody answers what a test asks.
    $process.StandardInput.Close()
    [pscustomobject]@{
        Process = $process
        Reading = $process.StandardOutput.ReadLineAsync()
        Lines   = [Collections.Generic.List[string]]::new()
        Since   = [datetime]::UtcNow
        IsOpen  = $true
    }
}

# What a lane says is shown piece by piece, since lines of two lanes in turn cannot be read.
function Write-Piece($Lane) {
    $Lane.Lines | Write-Output
    $Lane.Lines.Clear()
    $Lane.Since = [datetime]::UtcNow
}

function Read-Lane($Lane) {
    $line = $Lane.Reading.Result
    if ($null -eq $line) { $Lane.IsOpen = $false; return }
    if ($line -like 'piece-ended: *') { Write-Piece $Lane } else { $Lane.Lines.Add($line) }
    $Lane.Reading = $Lane.Process.StandardOutput.ReadLineAsync()
}

# Whether the piece of a lane takes too long; its files then count as failed.
function Test-Late($Lane) { $Lane.Since.AddSeconds($LimitSeconds) -lt [datetime]::UtcNow }

function Stop-Lane($Lane) {
    $Lane.Lines.Add("A lane was ended, because its piece took more than $LimitSeconds s.")
    $Lane.Process.Kill($true)
    $Lane.IsOpen = $false
}

function Invoke-Lane([string] $Folder) {
    $all = @(1..$Lanes | ForEach-Object { Start-Lane $Folder })
    try {
        while ($open = @($all | Where-Object IsOpen)) {
            $at = [Threading.Tasks.Task]::WaitAny([Threading.Tasks.Task[]] $open.Reading, 2000)
            if ($at -ge 0) { Read-Lane $open[$at] }
            # Something that a test left running may keep the output of its lane open.
            else { $open | Where-Object { $_.Process.HasExited } | ForEach-Object { $_.IsOpen = $false } }
            $open | Where-Object { $_.IsOpen -and (Test-Late $_) } | ForEach-Object { Stop-Lane $_ }
        }
        $all | ForEach-Object { Write-Piece $_ }
    } finally {
        foreach ($process in $all.Process) { if (-not $process.WaitForExit(10000)) { $process.Kill($true) } }
    }
}

# Adds what came of each piece; the lines that say more.
function Add-Result([string] $Folder, $Pieces, [hashtable] $Counts) {
    for ($number = 0; $number -lt $Pieces.Count; $number++) {
        $path = Join-Path $Folder "$number.json"
        if (Test-Path -LiteralPath $path) {
            $result = Get-Content -Raw -LiteralPath $path | ConvertFrom-Json
            'Passed', 'Failed', 'Skipped' | ForEach-Object { $Counts[$_] += $result.$_ }
            $result.Lines
            $result.Seconds.PSObject.Properties | ForEach-Object { $Counts.Seconds[$_.Name] = $_.Value }
        } else {
            $Counts.Failed++
            "failed: the files $(($Pieces[$number] | ForEach-Object { [IO.Path]::GetFileName($_) }) -join ', ') did not come to an end"
        }
    }
}

function Write-Slowest([hashtable] $Seconds) {
    $slowest = $Seconds.GetEnumerator() | Sort-Object Value -Descending | Select-Object -First 12
    Write-Output "slowest: $(($slowest | ForEach-Object { '{0} {1} s' -f [IO.Path]::GetFileName($_.Key), $_.Value }) -join ', ')"
}

function Invoke-PesterTest([hashtable] $Counts) {
    $pieces = @(Get-Piece)
    if (-not (Get-Module -ListAvailable Pester | Where-Object Version -GE '5.5')) {
        $files = @($pieces | ForEach-Object { $_ }).Count
        $Counts.Skipped += $files
        Write-Output "left-out: $files Pester files, because Pester 5.5 or newer is not here (Install-PSResource Pester)"
        return
    }
    if (-not (Get-Module -ListAvailable PSScriptAnalyzer)) {
        Write-Output 'left-out: PSScriptAnalyzer, because the module is not here (Install-PSResource PSScriptAnalyzer)'
    }
    $folder = (New-Item -ItemType Directory (Join-Path ([IO.Path]::GetTempPath()) "oe-lanes-$([guid]::NewGuid())")).FullName
    try {
        ConvertTo-Json @{ Names = $Name; Pieces = $pieces } -Depth 3 | Set-Content -LiteralPath (Join-Path $folder 'plan.json')
        Invoke-Lane $folder
        Add-Result $folder $pieces $Counts
        Write-Slowest $Counts.Seconds
    } finally { Remove-Item -LiteralPath $folder -Recurse -Force }
}

$counts = @{ Passed = 0; Failed = 0; Skipped = 0; Seconds = @{} }
Invoke-PesterTest $counts
Write-Output "pester-counts: passed=$($counts.Passed) failed=$($counts.Failed) skipped=$($counts.Skipped)"
if ($counts.Failed -gt 0) { exit 1 }
