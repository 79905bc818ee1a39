# Whatever ends a call from outside, it ends at once and leaves nothing running.
[Diagnostics.CodeAnalysis.SuppressMessageAttribute('PSUseDeclaredVarsMoreThanAssignments', '', Justification = 'BeforeAll and -ForEach hand variables to other blocks')]
param()

BeforeDiscovery {
    Import-Module (Join-Path $PSScriptRoot 'TestTools.psm1') -Force
}
BeforeAll {
    . (Join-Path $PSScriptRoot 'TestSetup.ps1')
    $cmdlet = 'OrchestrationEngine.PowerShell.Cmdlets.InvokeParallelOrchestrationCommand'

    # No item runs or waits any more, and no call is open.
    function Wait-Quiet {
        Wait-Until { -not (Get-OrchestrationPool | Where-Object { $_.Running -or $_.Queued -or $_.Counters.OpenQueues }) }
    }
}

Describe 'Stopping a call (Ctrl+C)' {
    It 'ends items that <Name>' -ForEach @(
        @{ Name = 'sleep'; Block = { ($using:Started).Signal(); try { Start-Sleep -Seconds 600 } finally { ($using:Finished).Signal() } } }
        @{ Name = 'loop'; Block = { ($using:Started).Signal(); try { while ($true) { } } finally { ($using:Finished).Signal() } } }
        @{ Name = 'write'; Block = { ($using:Started).Signal(); try { while ($true) { 1 } } finally { ($using:Finished).Signal() } } }
        @{ Name = 'call again'; Block = { ($using:Started).Signal(); try { 1..3 | Invoke-ParallelOrchestration { Start-Sleep -Seconds 600 } } finally { ($using:Finished).Signal() } } }
        @{ Name = 'run a program'; Block = { ($using:Started).Signal(); try { & $using:Program -NoProfile -Command 'Start-Sleep 600' } finally { ($using:Finished).Signal() } } }
    ) {
        $started, $finished = [Threading.CountdownEvent]::new(3), [Threading.CountdownEvent]::new(3)
        $session = Start-Session {
            param($Block, $Started, $Finished, $Program)
            1..100 | Invoke-ParallelOrchestration -ThrottleLimit 3 $Block.GetScriptBlock() | Out-Null
            "$Started $Finished $Program"
        } $Block.Ast, $started, $finished, (Get-Process -Id $PID).Path
        $started.Wait(30000) | Should -BeTrue
        Stop-Session $session | Should -Be 'Stopped'
        # The finally blocks have run, of these three and of no other.
        $finished.Wait(30000) | Should -BeTrue
        Wait-Quiet | Should -BeTrue
        $started.CurrentCount | Should -Be 0
    }

    It 'does not wait for an item that cannot be stopped' {
        $started, $release = [Threading.CountdownEvent]::new(2), [Threading.ManualResetEventSlim]::new()
        $session = Start-Session {
            param($Started, $Release)
            1..10 | Invoke-ParallelOrchestration -ThrottleLimit 2 { $null = ($using:Started).Signal(); ($using:Release).Wait() }
        } $started, $release
        try {
            $started.Wait(30000) | Should -BeTrue
            Stop-Session $session | Should -Be 'Stopped'
        } finally { $release.Set() }
        Wait-Quiet | Should -BeTrue
    }

    It 'works while input is awaited' {
        $taken = [Threading.ManualResetEventSlim]::new()
        $session = Start-Session {
            param($Taken)
            & { 1; Start-Sleep -Seconds 600 } | Invoke-ParallelOrchestration { ($using:Taken).Set() }
        } (, $taken)
        $taken.Wait(30000) | Should -BeTrue
        Stop-Session $session | Should -Be 'Stopped'
        Wait-Quiet | Should -BeTrue
    }

    It 'works while the queue is full' {
        $started = [Threading.CountdownEvent]::new(2)
        $session = Start-Session {
            param($Started)
            & { while ($true) { 1 } } | Invoke-ParallelOrchestration -ThrottleLimit 2 -QueueCapacity 2 { $null = ($using:Started).Signal(); Start-Sleep -Seconds 600 }
        } (, $started)
        $started.Wait(30000) | Should -BeTrue
        Stop-Session $session | Should -Be 'Stopped'
        Wait-Quiet | Should -BeTrue
    }

    It 'leaves the pool fit for the next call' {
        1..50 | Invoke-ParallelOrchestration -ThrottleLimit 3 -Ordered { $_ } | Should -Be (1..50)
    }
}

Describe 'A pipeline that ends early' {
    BeforeAll {
        # Again and again: a worker may still be on its way back from a call.
        function Clear-PlainPool { Wait-Until { Clear-OrchestrationPool; (Get-PlainPool).Workers -eq 0 } }

        function Get-FirstOfEndless {
            & { for ($i = 1; $true; $i++) { $i } } | Invoke-ParallelOrchestration -ThrottleLimit 4 { "got $($_ -gt 0)" } | Select-Object -First 1
        }
    }

    It 'ends an endless input, 100 times, and leaves no worker and no runspace more' {
        $null = Get-FullLanguagePool
        Clear-PlainPool | Should -BeTrue
        $runspaces = @(Get-Runspace).Count
        $found = Invoke-WithLimit -ArgumentList ${function:Get-FirstOfEndless}.Ast.Body {
            param($Body)
            $call = $Body.GetScriptBlock()
            foreach ($time in 1..100) { & $call }
        }
        $found | Should -Be (@('got True') * 100)
        Wait-Quiet | Should -BeTrue
        # How many there were at most is for the machine to say: one that stops is no worker of the next call.
        Clear-PlainPool | Should -BeTrue
        Wait-Until { @(Get-Runspace).Count -le $runspaces } | Should -BeTrue
    }

    It 'needs no worker more for the next call, once those of the last are back' {
        $null = Get-FullLanguagePool
        Clear-PlainPool | Should -BeTrue
        foreach ($time in 1..20) {
            Get-FirstOfEndless | Should -Be 'got True'
            Wait-Until { $pool = Get-PlainPool; $pool.Idle -eq $pool.Workers } | Should -BeTrue
        }
        # Four work, and as many may have been on their way to help them.
        (Get-PlainPool).Workers | Should -BeLessOrEqual 8
    }

    It 'ends items that still run' {
        $finished = [Threading.CountdownEvent]::new(3)
        $found = Invoke-WithLimit {
            param($Finished)
            1..4 | Invoke-ParallelOrchestration -ThrottleLimit 4 { if ($_ -eq 4) { 'first' } else { try { Start-Sleep -Seconds 600 } finally { $null = ($using:Finished).Signal() } } } |
                Select-Object -First 1
        } (, $finished)
        $found | Should -Be 'first'
        Wait-Quiet | Should -BeTrue
    }

    It 'does not wait for an item that cannot be stopped' {
        $release = [Threading.ManualResetEventSlim]::new()
        $blocked = [Threading.ManualResetEventSlim]::new()
        try {
            Invoke-WithLimit {
                param($Release, $Blocked)
                1, 2 | Invoke-ParallelOrchestration -ThrottleLimit 2 {
                    if ($_ -eq 1) { ($using:Blocked).Set(); ($using:Release).Wait() } else { $null = ($using:Blocked).Wait(30000); 'first' }
                } | Select-Object -First 1
            } $release, $blocked | Should -Be 'first'
        } finally { $release.Set() }
        Wait-Quiet | Should -BeTrue
    }

    It 'ends when a later command throws' {
        Invoke-WithLimit {
            try {
                & { while ($true) { 1 } } | Invoke-ParallelOrchestration { $_ } | ForEach-Object { throw 'downstream' }
            } catch { "caught $_" }
        } | Should -Be 'caught downstream'
        Wait-Quiet | Should -BeTrue
    }

    It 'ends when an earlier command throws' {
        Invoke-WithLimit {
            try {
                & { 1..3; throw 'upstream' } | Invoke-ParallelOrchestration -ThrottleLimit 3 { Start-Sleep -Seconds 600 }
            } catch { "caught $_" }
        } | Should -Be 'caught upstream'
        Wait-Quiet | Should -BeTrue
    }

    It 'ends by break in a later command' {
        Invoke-WithLimit {
            foreach ($once in 1) { 1..1000 | Invoke-ParallelOrchestration -Ordered { $_ } | ForEach-Object { "item $_"; break } }
            'after'
        } | Should -Be 'item 1', 'after'
        Wait-Quiet | Should -BeTrue
    }
}

Describe 'StopOnError' {
    It 'stops what runs and what waits at the first failure, with one error' {
        $records, $problem = Invoke-WithLimit {
            $started, $read = [Threading.CountdownEvent]::new(2), [Threading.ManualResetEventSlim]::new()
            $found = @(
                try {
                    & { 0..9; $read.Set() } | Invoke-ParallelOrchestration -ThrottleLimit 3 -StopOnError -PassThru {
                        # Loads its module now; a stop that comes while that is loaded is an error of its own.
                        Start-Sleep -Milliseconds 1
                        "begin $_"
                        if ($_ -lt 2) { $null = ($using:started).Signal(); Start-Sleep -Seconds 600 }
                        if ($_ -eq 2) { $null = ($using:started).Wait(30000) -and ($using:read).Wait(30000); throw "boom $_" }
                    }
                } catch { $_ }
            )
            , @($found | Where-Object { $_ -isnot [System.Management.Automation.ErrorRecord] } | Sort-Object Index)
            $found[-1]
        }
        $records.Index | Should -Be (0..9)
        $records.Status | Should -Be (@('Stopped', 'Stopped', 'Failed') + @('Stopped') * 7)
        $records.Output | Should -Be 'begin 0', 'begin 1', 'begin 2'
        $records[2].Errors[0].FullyQualifiedErrorId | Should -Be 'boom 2'
        $problem.FullyQualifiedErrorId | Should -Be "StoppedOnFirstFailure,$cmdlet"
        "$problem" | Should -BeLike '*boom 2*1 failed, 9 stopped*'
        $problem.CategoryInfo.Category | Should -Be 'OperationStopped'
    }

    It 'keeps the error that caused it, before its own' {
        $found = Invoke-WithLimit {
            try { 1..5 | Invoke-ParallelOrchestration -ThrottleLimit 1 -StopOnError { "out $_"; if ($_ -eq 2) { throw 'boom' } } 2>&1 } catch { "last: $($_.FullyQualifiedErrorId)" }
        }
        $found.ForEach({ "$_" }) | Should -Be 'out 1', 'out 2', 'boom', "last: StoppedOnFirstFailure,$cmdlet"
    }

    It 'does not stop for an error that ends no item' {
        1..5 | Invoke-ParallelOrchestration -Ordered -StopOnError { Write-Error 'e'; 1 / 0; $_ } -ErrorAction SilentlyContinue |
            Should -Be 1, 2, 3, 4, 5
    }

    It 'ends its statement, and not what comes after it' {
        $found = Invoke-WithLimit {
            1..3 | Invoke-ParallelOrchestration -StopOnError { throw 'boom' } 2>$null
            'after'
        } 3>$null
        $found | Should -Be 'after'
    }

    It 'ends an endless input' {
        Invoke-WithLimit {
            try { & { while ($true) { 1 } } | Invoke-ParallelOrchestration -StopOnError { throw 'boom' } 2>$null } catch { $_.FullyQualifiedErrorId }
        } | Should -Be "StoppedOnFirstFailure,$cmdlet"
    }
}

Describe 'The end of the process' {
    It 'does not wait for an item that blocks in .NET' {
        $fresh = Invoke-Fresh @'
1 | Invoke-ParallelOrchestration -ItemTimeoutSeconds 0.5 { [Threading.Thread]::Sleep([Threading.Timeout]::Infinite) } 2>$null
"stopped: $((Get-OrchestrationPool).Abandoned)"
exit 5
'@
        $fresh.Output | Should -Be 'stopped: 1'
        $fresh.ExitCode | Should -Be 5
    }

    It 'comes with idle workers at once, without a message' {
        $fresh = Invoke-Fresh '1..20 | Invoke-ParallelOrchestration -ThrottleLimit 10 { $_ } | Measure-Object | ForEach-Object Count'
        $fresh.Output | Should -Be '20'
        $fresh.ErrorText | Should -BeNullOrEmpty
        $fresh.ExitCode | Should -Be 0
    }

    It 'comes by Ctrl+C while items run' {
        if (-not (Test-Interruptible)) { Set-ItResult -Skipped -Because 'a process cannot be sent SIGINT here, or its children ignore it' }
        $script = @'
$started = [Threading.CountdownEvent]::new(2)
& { 1..2; $null = $started.Wait(30000); 'READY' | Out-Host; 3..9 } |
    Invoke-ParallelOrchestration -ThrottleLimit 2 { $null = ($using:started).Signal(); [Threading.Thread]::Sleep([Threading.Timeout]::Infinite) }
'@
        $fresh = Invoke-Fresh $script -WhenReady { param($Process) /bin/kill -INT $Process.Id }
        $fresh.Output | Should -BeNullOrEmpty
    }
}
