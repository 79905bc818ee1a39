# What 200 calls used is given back.
BeforeAll {
    . (Join-Path $PSScriptRoot 'TestSetup.ps1')
}

Describe 'After 200 calls' {
    It 'memory, handles, threads and runspaces are at their level' {
        $fresh = Invoke-Fresh -LimitSeconds 120 @'
function Measure-Process {
    foreach ($time in 1..3) { [GC]::Collect(); [GC]::WaitForPendingFinalizers() }
    $process = [Diagnostics.Process]::GetCurrentProcess()
    [pscustomobject]@{
        Heap      = [GC]::GetTotalMemory($true) / 1MB
        Handles   = $process.HandleCount
        Threads   = $process.Threads.Count
        Runspaces = @(Get-Runspace).Count
    }
}
function Invoke-Calls([int] $Count) {
    $data = 'x' * 1000
    foreach ($call in 1..$Count) {
        1..50 | Invoke-ParallelOrchestration -ThrottleLimit 4 { "$_ $using:data" * 20; if ($_ % 10 -eq 0) { throw 'boom' } } 2>$null | Out-Null
        if ($call % 20 -eq 0) { 1..5 | Invoke-ParallelOrchestration -ThrottleLimit 2 -ItemTimeoutSeconds 0.02 { if ($_ -eq 1) { Start-Sleep -Seconds 60 } } 2>$null | Out-Null }
        $global:Error.Clear()
    }
}
Invoke-Calls 60
$before = Measure-Process
Invoke-Calls 200
$after = Measure-Process
foreach ($name in $before.PSObject.Properties.Name) { "$name $([Math]::Round($after.$name - $before.$name, 1)) ($($before.$name))" }
'@
        $fresh.ErrorText | Should -BeNullOrEmpty
        $grown = @{}
        foreach ($line in $fresh.Output) { $grown[$line.Split(' ')[0]] = [double] $line.Split(' ')[1] }
        # One runspace takes 1 MB, the output of one of the calls 1 MB: a leak of either a call would be 200.
        $grown.Heap | Should -BeLessThan 20 -Because $fresh.Output
        $grown.Handles | Should -BeLessThan 60 -Because $fresh.Output
        $grown.Threads | Should -BeLessThan 12 -Because $fresh.Output
        $grown.Runspaces | Should -BeLessThan 8 -Because $fresh.Output
    }

    It 'items, output and the block of a call can be collected' {
        $fresh = Invoke-Fresh @'
function Invoke-Once {
    $item, $given = [object]::new(), [Text.StringBuilder]::new('x')
    $references.Add([WeakReference]::new($item)); $references.Add([WeakReference]::new($given))
    $null = $item | Invoke-ParallelOrchestration -ThrottleLimit 1 { $made = [object]::new(); ($using:references).Add([WeakReference]::new($made)); $made; $null = $using:given }
}
$references = [Collections.Generic.List[WeakReference]]::new()
Invoke-Once
# The next call takes the place of what the worker knows of the last one.
1..8 | Invoke-ParallelOrchestration -ThrottleLimit 8 { $_ } | Out-Null
Clear-OrchestrationPool
foreach ($time in 1..20) { [GC]::Collect(); [GC]::WaitForPendingFinalizers(); if (-not $references.IsAlive.Contains($true)) { break }; Start-Sleep -Milliseconds 50 }
$references.IsAlive
'@
        $fresh.Output | Should -Be 'False', 'False', 'False'
    }
}
