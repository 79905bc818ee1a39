# Limits of time hold, whatever the item does; nothing is lost by them.
[Diagnostics.CodeAnalysis.SuppressMessageAttribute('PSUseDeclaredVarsMoreThanAssignments', '', Justification = 'BeforeAll and -ForEach hand variables to other blocks')]
param()

BeforeAll {
    . (Join-Path $PSScriptRoot 'TestSetup.ps1')
    $cmdlet = 'OrchestrationEngine.PowerShell.Cmdlets.InvokeParallelOrchestrationCommand'
}

Describe 'ItemTimeoutSeconds' {
    It 'ends an item that runs too long, and no other' {
        $records = Invoke-WithLimit {
            0..9 | Invoke-ParallelOrchestration -ThrottleLimit 2 -ItemTimeoutSeconds 0.5 -PassThru {
                "begin $_"; if ($_ -eq 3) { Start-Sleep -Seconds 600; 'never' }; "end $_"
            } | Sort-Object Index
        }
        $records.Status | Should -Be (0..9).ForEach({ $_ -eq 3 ? 'TimedOut' : 'Succeeded' })
        $records.Output | Should -Be (0..9).ForEach({ "begin $_"; if ($_ -ne 3) { "end $_" } })
    }

    It 'is an error with the item, its index and what to do' {
        $found = Invoke-WithLimit {
            'a', 'b' | Invoke-ParallelOrchestration -Ordered -ItemTimeoutSeconds 0.5 { "begin $_"; if ($_ -eq 'b') { Start-Sleep -Seconds 600 } } 2>&1
        }
        $found[0, 1] | Should -Be 'begin a', 'begin b'
        $found.Count | Should -Be 3
        $problem = $found[2]
        $problem.FullyQualifiedErrorId | Should -Be "ItemTimedOut,$cmdlet"
        $problem.CategoryInfo.Category | Should -Be 'OperationTimeout'
        $problem.Exception | Should -BeOfType TimeoutException
        $problem.TargetObject | Should -Be 'b'
        $problem.ItemIndex | Should -Be 1
        $problem.ErrorDetails.RecommendedAction | Should -Match 'ItemTimeoutSeconds'
    }

    It 'counts from the start of the item, not from when it was put into the queue' {
        # Four items of 0.7 s one after another take longer than the limit of any of them.
        Invoke-WithLimit {
            1..4 | Invoke-ParallelOrchestration -ThrottleLimit 1 -ItemTimeoutSeconds 2.5 { Start-Sleep -Milliseconds 700; $_ }
        } | Should -Be 1, 2, 3, 4
    }

    It 'runs finally blocks of the item that it ends' {
        $seen = [Collections.Concurrent.ConcurrentQueue[string]]::new()
        Invoke-WithLimit {
            param($Seen)
            1 | Invoke-ParallelOrchestration -ItemTimeoutSeconds 0.3 { try { Start-Sleep -Seconds 600 } finally { ($using:Seen).Enqueue('finally') } } 2>$null
        } (, $seen)
        $seen | Should -Be 'finally'
    }

    It 'leaves the worker as it is if the item stops when told to' {
        $before = (Get-FullLanguagePool).Abandoned
        Invoke-WithLimit {
            1..6 | Invoke-ParallelOrchestration -ThrottleLimit 2 -ItemTimeoutSeconds 0.3 { if ($_ % 2) { Start-Sleep -Seconds 600 } else { $_ } } 2>$null
        } | Sort-Object | Should -Be 2, 4, 6
        (Get-FullLanguagePool).Abandoned | Should -Be $before
    }

    It 'ends a loop of the script, and one of a pipeline' {
        Invoke-WithLimit {
            1, 2 | Invoke-ParallelOrchestration -ThrottleLimit 2 -ItemTimeoutSeconds 0.3 -PassThru {
                if ($_ -eq 1) { while ($true) { } } else { & { while ($true) { 1 } } | ForEach-Object { } }
            }
        } | ForEach-Object Status | Should -Be 'TimedOut', 'TimedOut'
    }
}

Describe 'ItemTimeoutSeconds and an item that cannot be stopped' {
    BeforeAll {
        $release = [Threading.ManualResetEventSlim]::new()
        $before = Get-FullLanguagePool
        # The blocked item is let go only after the call has returned.
        $records = Invoke-WithLimit {
            param($Release)
            0..29 | Invoke-ParallelOrchestration -ThrottleLimit 2 -ItemTimeoutSeconds 0.5 -PassThru {
                "begin $_"; if ($_ -eq 5) { ($using:Release).Wait(); 'never' }
            } | Sort-Object Index
        } (, $release)
        $after = Get-FullLanguagePool
    }
    AfterAll {
        $release.Set()
    }

    It 'returns without it; all others finish' {
        $records.Index | Should -Be (0..29)
        $records.Status | Should -Be (0..29).ForEach({ $_ -eq 5 ? 'TimedOut' : 'Succeeded' })
        $records.Output | Should -Be (0..29).ForEach({ "begin $_" })
    }

    It 'counts the worker as abandoned' {
        $after.Abandoned - $before.Abandoned | Should -Be 1
    }

    It 'replaces the worker: as many items as before run at once' {
        Invoke-WithLimit {
            $barrier = [Threading.Barrier]::new(6)
            1..12 | Invoke-ParallelOrchestration -ThrottleLimit 6 { ($using:barrier).SignalAndWait(30000) }
        } | Should -Be (@($true) * 12)
    }

    It 'drops what comes late, and closes the runspace once its thread is free' {
        $runspaces = @(Get-Runspace).Count
        $release.Set()
        Wait-Until { @(Get-Runspace).Count -lt $runspaces } | Should -BeTrue
        1..4 | Invoke-ParallelOrchestration -Ordered { $_ } | Should -Be 1, 2, 3, 4
    }

    It 'goes on when every worker was blocked' {
        $all = [Threading.ManualResetEventSlim]::new()
        try {
            $statuses = Invoke-WithLimit {
                param($Release)
                1..9 | Invoke-ParallelOrchestration -ThrottleLimit 3 -ItemTimeoutSeconds 0.5 -PassThru { if ($_ -le 3) { ($using:Release).Wait() } } |
                    Sort-Object Index | ForEach-Object Status
            } (, $all)
            $statuses | Should -Be (@('TimedOut') * 3 + @('Succeeded') * 6)
        } finally { $all.Set() }
    }
}

Describe 'TimeoutSeconds' {
    It 'ends the call with one error that says how far it came' {
        $found = Invoke-WithLimit {
            try {
                1..6 | Invoke-ParallelOrchestration -ThrottleLimit 2 -TimeoutSeconds 1 { if ($_ -le 2) { "done $_" } else { Start-Sleep -Seconds 600 } } -ErrorAction SilentlyContinue
                'not here'
            } catch { $_ }
        }
        $found[0, 1] | Sort-Object | Should -Be 'done 1', 'done 2'
        $found.Count | Should -Be 3
        $found[2].FullyQualifiedErrorId | Should -Be "CallTimedOut,$cmdlet"
        $found[2].CategoryInfo.Category | Should -Be 'OperationTimeout'
        "$($found[2])" | Should -BeLike '*2 succeeded, 2 timed out, 2 stopped or not started*'
    }

    It 'gives a record of each item that was read: running ones timed out, waiting ones stopped' {
        $records = Invoke-WithLimit {
            try { 0..5 | Invoke-ParallelOrchestration -ThrottleLimit 2 -TimeoutSeconds 1 -PassThru { "begin $_"; Start-Sleep -Seconds 600 } } catch { $null = $_ }
        } | Sort-Object Index
        $records.Index | Should -Be (0..5)
        $records.Status | Should -Be 'TimedOut', 'TimedOut', 'Stopped', 'Stopped', 'Stopped', 'Stopped'
        $records.Output | Should -Be 'begin 0', 'begin 1'
    }

    It 'ends a call whose items cannot be stopped' {
        $release = [Threading.ManualResetEventSlim]::new()
        try {
            Invoke-WithLimit {
                param($Release)
                try { 1..4 | Invoke-ParallelOrchestration -ThrottleLimit 4 -TimeoutSeconds 0.5 { ($using:Release).Wait() } 2>$null } catch { $_.FullyQualifiedErrorId }
            } (, $release) | Should -Be "CallTimedOut,$cmdlet"
        } finally { $release.Set() }
    }

    It 'ends a call whose input does not end' {
        Invoke-WithLimit {
            try { & { while ($true) { 1 } } | Invoke-ParallelOrchestration -ThrottleLimit 2 -TimeoutSeconds 0.5 { $null = 1 } } catch { $_.FullyQualifiedErrorId }
        } | Should -Be "CallTimedOut,$cmdlet"
    }

    It 'does not matter to a call that ends before' {
        1..5 | Invoke-ParallelOrchestration -TimeoutSeconds 600 -ItemTimeoutSeconds 600 -Ordered { $_ } | Should -Be 1, 2, 3, 4, 5
    }

    It 'is none when 0' {
        1..5 | Invoke-ParallelOrchestration -TimeoutSeconds 0 -ItemTimeoutSeconds 0 -Ordered { $_ } | Should -Be 1, 2, 3, 4, 5
    }

    It 'lets the next call run as if nothing had been' {
        1..50 | Invoke-ParallelOrchestration -Ordered { $_ } | Should -Be (1..50)
    }
}
