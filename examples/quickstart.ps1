<#
.SYNOPSIS
    Hashes every file below some folders with Invoke-ParallelOrchestration and,
    beside it, with ForEach-Object -Parallel, and compares results and times.
.EXAMPLE
    pwsh examples/quickstart.ps1 ~/Documents ~/Pictures
#>
[CmdletBinding()]
param(
    [Parameter(Position = 0, ValueFromRemainingArguments)]
    [string[]] $Folder = @(Split-Path $PSScriptRoot -Parent),

    [ValidateRange(1, 1024)]
    [int] $ThrottleLimit = [Math]::Max(5, [Environment]::ProcessorCount)
)

Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'

# What builds and tools write changes while it is hashed, and is nobody's input.
$leftOutFolders = '.git', '.setup', 'target', 'bin', 'obj'
$warmUpFiles = 8
$rowsShown = 10

function Get-FileBelow([string] $Path) {
    $waiting = [Collections.Generic.Stack[IO.DirectoryInfo]]::new()
    $waiting.Push([IO.DirectoryInfo]::new($Path))
    while ($waiting.Count -gt 0) {
        $current = $waiting.Pop()
        try {
            $current.EnumerateFiles() | Where-Object { -not $_.LinkType }
            $below = $current.GetDirectories()
        } catch [UnauthorizedAccessException], [IO.IOException] {
            Write-Warning "left out: $($_.Exception.Message)"
            continue
        }
        # A linked folder may lead out of the tree, or round in a circle.
        $below.Where{ $_.Name -notin $leftOutFolders -and -not $_.LinkType }.ForEach{ $waiting.Push($_) }
    }
}

# Both contestants find every file in the system's cache, whoever comes first;
# a file that cannot be read is none of theirs.
function Select-ReadableFile {
    param([Parameter(ValueFromPipeline)] [IO.FileInfo] $File)
    begin { $buffer = [byte[]]::new(1MB) }
    process {
        try {
            $stream = $File.OpenRead()
            try { while ($stream.Read($buffer, 0, $buffer.Length) -gt 0) { } } finally { $stream.Dispose() }
            $File.FullName
        } catch [UnauthorizedAccessException], [IO.IOException] {
            Write-Warning "left out: $($_.Exception.Message)"
        }
    }
}

function Measure-Run([string] $Name, [scriptblock] $Run) {
    $watch = [Diagnostics.Stopwatch]::StartNew()
    $results = @(& $Run)
    $watch.Stop()
    [pscustomobject]@{ Name = $Name; Duration = $watch.Elapsed; Results = $results }
}

function Get-HashSet([object[]] $Results) {
    $set = [Collections.Generic.HashSet[string]]::new()
    foreach ($result in $Results) { [void] $set.Add("$($result.Hash) $($result.Path)") }
    , $set
}

function Show-LargestFile([object[]] $Results) {
    $length = @{ Name = 'Length'; Expression = { [IO.FileInfo]::new($_.Path).Length } }
    $columns = @(
        @{ Name = 'Bytes'; Expression = { $_.Length.ToString('N0') }; Alignment = 'Right' }
        @{ Name = 'SHA-256'; Expression = { $_.Hash.Substring(0, 16).ToLowerInvariant() + '…' } }
        @{ Name = 'File'; Expression = { [IO.Path]::GetRelativePath($PWD, $_.Path) } }
    )
    $largest = $Results | Select-Object Path, Hash, $length | Sort-Object Length -Descending -Top $rowsShown
    ($largest | Format-Table $columns | Out-String -Width 140).TrimEnd()
}

Import-Module (Join-Path $PSScriptRoot '../pwsh/OrchestrationEngine/OrchestrationEngine.psd1')

$roots = @($Folder | ForEach-Object { (Resolve-Path -LiteralPath $_).ProviderPath })
$files = @($roots | ForEach-Object { Get-FileBelow $_ } | Select-ReadableFile | Sort-Object -Unique)
if ($files.Count -eq 0) { throw "There is no readable file below $($roots -join ', ')." }

$hash = { Get-FileHash -LiteralPath $_ -Algorithm SHA256 }
$warmUp = @($files | Select-Object -First $warmUpFiles)
$null = $warmUp | ForEach-Object -Parallel $hash -ThrottleLimit $ThrottleLimit
$null = $warmUp | Invoke-ParallelOrchestration -ScriptBlock $hash -ThrottleLimit $ThrottleLimit

$theirs = Measure-Run 'ForEach-Object -Parallel' { $files | ForEach-Object -Parallel $hash -ThrottleLimit $ThrottleLimit }
$ours = Measure-Run 'Invoke-ParallelOrchestration' { $files | Invoke-ParallelOrchestration -ScriptBlock $hash -ThrottleLimit $ThrottleLimit }

$expected = Get-HashSet $theirs.Results
$isComplete = $ours.Results.Count -eq $files.Count -and $theirs.Results.Count -eq $files.Count
$isSame = $isComplete -and $expected.SetEquals((Get-HashSet $ours.Results))

$folderWord = if ($roots.Count -eq 1) { 'folder' } else { 'folders' }
Write-Output "$($files.Count) files below $($roots.Count) ${folderWord}: $($roots -join ', ')"
Write-Output "ThrottleLimit $ThrottleLimit on $([Environment]::ProcessorCount) processors, the same block for both."
Write-Output "Both were warmed up alike: every file was read once, and each first hashed $($warmUp.Count) of them untimed."
Write-Output (Show-LargestFile $ours.Results)
Write-Output ''
foreach ($run in $theirs, $ours) {
    Write-Output ('{0,-30} {1,10:N1} ms {2,8} hashes' -f $run.Name, $run.Duration.TotalMilliseconds, $run.Results.Count)
}
Write-Output ('{0,-30} {1,10:N1} times as fast' -f 'Ratio', ($theirs.Duration / $ours.Duration))

if (-not $isSame) {
    Write-Error 'The two did not give the same hashes; this is a fault of OrchestrationEngine, please report it.' -ErrorAction Continue
    exit 1
}
Write-Output 'Both gave the same hash for every file.'
