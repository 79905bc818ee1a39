# Get-OrchestrationPool shows what the workers do and did; Clear-OrchestrationPool lets the idle ones go.
[Diagnostics.CodeAnalysis.SuppressMessageAttribute('PSUseDeclaredVarsMoreThanAssignments', '', Justification = 'BeforeAll and -ForEach hand variables to other blocks')]
param()

BeforeAll {
    . (Join-Path $PSScriptRoot 'TestSetup.ps1')
}

Describe 'Get-OrchestrationPool' {
    It 'has one entry a language mode that was used, beside those of calls that import something' {
        $null = Get-FullLanguagePool
        $pools = @(Get-OrchestrationPool | Where-Object { -not $_.Imports })
        $pools.LanguageMode | Sort-Object -Unique | Should -HaveCount $pools.Count
        $pools.LanguageMode | Should -Contain 'FullLanguage'
    }

    It 'shows these properties' {
        (Get-FullLanguagePool).PSObject.Properties.Name |
            Should -Be 'LanguageMode', 'Imports', 'Workers', 'Idle', 'WarmRunspaces', 'Abandoned', 'Queued', 'Running', 'Done', 'Counters', 'WorkerList'
    }

    It 'counts the items that are done' {
        $before = (Get-FullLanguagePool).Done
        1..123 | Invoke-ParallelOrchestration { $_ } | Out-Null
        # And the one of Get-FullLanguagePool.
        (Get-FullLanguagePool).Done - $before | Should -Be 124
    }

    It 'counts the items that run and wait' {
        $started, $release = [Threading.CountdownEvent]::new(3), [Threading.ManualResetEventSlim]::new()
        $before = Get-FullLanguagePool
        $session = Start-Session {
            param($Started, $Release)
            1..10 | Invoke-ParallelOrchestration -ThrottleLimit 3 { $null = ($using:Started).Signal(); ($using:Release).Wait(30000) }
        } $started, $release
        $started.Wait(30000) | Should -BeTrue
        $queued = { (Get-PlainPool).Queued - $before.Queued }
        Wait-Until { (& $queued) -eq 7 } | Should -BeTrue
        $during = Get-PlainPool
        $during.Running - $before.Running | Should -Be 3
        $during.Workers - $during.Idle | Should -BeGreaterOrEqual 3
        # CountdownEvent does not count below 0.
        $session.Shell.Stop()
        $release.Set()
        $session.Shell.Dispose()
    }

    It 'lists the workers, by number, with what they do' {
        1..8 | Invoke-ParallelOrchestration -ThrottleLimit 2 { $_ } | Out-Null
        $pool = Get-FullLanguagePool
        $pool.WorkerList.Count | Should -Be $pool.Workers
        $pool.WorkerList.Id | Should -Be ($pool.WorkerList.Id | Sort-Object -Unique)
    }

    It 'is shown as a table' {
        (Get-FullLanguagePool | Out-String -Width 120).Trim() -split '\r?\n' | Select-Object -First 1 |
            Should -Match 'LanguageMode\s+Workers\s+Idle\s+Runspaces\s+Abandoned\s+Queued\s+Running\s+Done\s+Imports'
    }

    It 'works in an item' {
        1 | Invoke-ParallelOrchestration { (Get-OrchestrationPool | Where-Object { $_.LanguageMode -eq "FullLanguage" -and -not $_.Imports }).Running -ge 1 } | Should -BeTrue
    }
}

Describe 'Clear-OrchestrationPool' {
    BeforeEach {
        Invoke-WithLimit {
            $barrier = [Threading.Barrier]::new(4)
            1..4 | Invoke-ParallelOrchestration -ThrottleLimit 4 { $null = ($using:barrier).SignalAndWait(30000) }
        }
        $open = { (Get-PlainPool).WarmRunspaces }
    }

    It 'closes the runspaces that are not in use, and ends their threads' {
        & $open | Should -BeGreaterOrEqual 4
        $before = @(Get-Runspace).Count
        $warm = & $open
        # A worker may still be on its way back from the call.
        Wait-Until { Clear-OrchestrationPool; (& $open) -eq 0 } | Should -BeTrue
        $before - @(Get-Runspace).Count | Should -BeGreaterOrEqual $warm
        Wait-Until { (Get-PlainPool).Workers -eq 0 } | Should -BeTrue
    }

    It 'puts out nothing, and the next call opens new ones' {
        Clear-OrchestrationPool | Should -BeNullOrEmpty
        1..20 | Invoke-ParallelOrchestration -Ordered { $_ } | Should -Be (1..20)
    }

    It 'changes nothing with -WhatIf' {
        Wait-Until { $pool = Get-PlainPool; $pool.Idle -eq $pool.Workers } | Should -BeTrue
        $warm = & $open
        # In a session without a screen to say what it would do.
        Invoke-WithLimit { Clear-OrchestrationPool -WhatIf } | Should -BeNullOrEmpty
        & $open | Should -Be $warm
    }

    It 'leaves workers that are in use' {
        Invoke-WithLimit {
            $cleared = [Threading.ManualResetEventSlim]::new()
            $running = [Threading.CountdownEvent]::new(2)
            1..3 | Invoke-ParallelOrchestration -ThrottleLimit 3 {
                if ($_ -eq 3) { $null = ($using:running).Wait(30000); Clear-OrchestrationPool; ($using:cleared).Set() }
                else { $null = ($using:running).Signal(); $null = ($using:cleared).Wait(30000) }
                $_
            } | Sort-Object
        } | Should -Be 1, 2, 3
    }
}
