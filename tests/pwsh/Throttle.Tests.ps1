# How many items run at once: never more than ThrottleLimit, and that many when there is work.
BeforeAll {
    . (Join-Path $PSScriptRoot 'TestSetup.ps1')
}

Describe 'ThrottleLimit <_>' -ForEach 1, 2, 3, 8 {
    It 'is reached, and not exceeded' {
        # A barrier passes only when that many items are at it; the gate counts who is inside.
        $entered, $passed = Invoke-WithLimit {
            param($Limit)
            $barrier = [Threading.Barrier]::new($Limit)
            $gate = [Threading.SemaphoreSlim]::new($Limit)
            $found = 1..(6 * $Limit) | Invoke-ParallelOrchestration -ThrottleLimit $Limit {
                $entered = ($using:gate).Wait(0)
                $passed = ($using:barrier).SignalAndWait(30000)
                if ($entered) { $null = ($using:gate).Release() }
                [pscustomobject]@{ Entered = $entered; Passed = $passed }
            }
            , @($found.Entered)
            , @($found.Passed)
        } $_
        $entered | Should -Be (@($true) * 6 * $_)
        $passed | Should -Be (@($true) * 6 * $_)
    }
}

Describe 'Many items at once' {
    It 'are <_> with ThrottleLimit <_>' -ForEach 200 {
        $found = Invoke-WithLimit -LimitSeconds 120 {
            param($Limit)
            $all = [Threading.CountdownEvent]::new($Limit)
            1..$Limit | Invoke-ParallelOrchestration -ThrottleLimit $Limit { $null = ($using:all).Signal(); ($using:all).Wait(90000) }
        } $_
        $found | Should -Be (@($true) * $_)
        Clear-OrchestrationPool
    }

    It 'are by default as many as processors, and at least 5' {
        $limit = [Math]::Max(5, [Environment]::ProcessorCount)
        Invoke-WithLimit {
            param($Limit)
            $barrier = [Threading.Barrier]::new($Limit)
            $gate = [Threading.SemaphoreSlim]::new($Limit)
            1..(4 * $Limit) | Invoke-ParallelOrchestration {
                $entered = ($using:gate).Wait(0)
                $passed = ($using:barrier).SignalAndWait(30000)
                if ($entered) { $null = ($using:gate).Release() }
                $entered -and $passed
            }
        } $limit | Should -Be (@($true) * 4 * $limit)
    }

    It 'each have a runspace of their own, on a thread that stays' {
        $found = Invoke-WithLimit {
            $barrier = [Threading.Barrier]::new(4)
            1..40 | Invoke-ParallelOrchestration -ThrottleLimit 4 {
                $null = ($using:barrier).SignalAndWait(30000)
                "$([runspace]::DefaultRunspace.Id)/$([Environment]::CurrentManagedThreadId)"
            }
        }
        $pairs = $found | Group-Object
        $pairs.Count | Should -Be 4
        $pairs.ForEach({ $_.Name.Split('/')[0] }) | Sort-Object -Unique | Should -HaveCount 4
        $pairs.ForEach({ $_.Name.Split('/')[1] }) | Sort-Object -Unique | Should -HaveCount 4
    }
}

Describe 'A long item among short ones' {
    It 'holds no short one up' {
        # The long one ends only when all others have: one that waits behind it would keep it waiting.
        Invoke-WithLimit {
            $others = [Threading.CountdownEvent]::new(500)
            $found = 0..500 | Invoke-ParallelOrchestration -ThrottleLimit 2 {
                if ($_ -eq 250) { "all done: $(($using:others).Wait(30000))" } else { $null = ($using:others).Signal() }
            }
            $found
        } | Should -Be 'all done: True'
    }

    It 'holds none up when each worker has one' {
        Invoke-WithLimit {
            $others = [Threading.CountdownEvent]::new(500)
            1..503 | Invoke-ParallelOrchestration -ThrottleLimit 4 {
                if ($_ % 150 -eq 0) { ($using:others).Wait(30000) } else { $null = ($using:others).Signal() }
            }
        } | Should -Be $true, $true, $true
    }
}

Describe 'Two calls at once' {
    It 'in two runspaces give each its own' {
        $both = [Threading.Barrier]::new(2)
        $block = {
            param($Name, $Both)
            $first = [Threading.ManualResetEventSlim]::new()
            $found = 1..2000 | Invoke-ParallelOrchestration -ThrottleLimit 3 {
                # The first item of each call waits for that of the other.
                if ($_ -eq 1) { if (-not ($using:Both).SignalAndWait(30000)) { 'alone' }; ($using:first).Set() }
                "$using:Name $_"
            }
            , @($found | Sort-Object { [int] $_.Split(' ')[1] })
        }
        $sessions = (Start-Session $block 'a', $both), (Start-Session $block 'b', $both)
        foreach ($name in 'a', 'b') {
            $found = Wait-Session $sessions[$name -eq 'b']
            $found | Should -Be (1..2000).ForEach({ "$name $_" })
        }
    }

    It 'in one pipeline feed each other, also with queues of one' {
        $found = Invoke-WithLimit {
            1..2000 | Invoke-ParallelOrchestration -QueueCapacity 1 -ThrottleLimit 2 { $_ + 1 } |
                Invoke-ParallelOrchestration -QueueCapacity 1 -ThrottleLimit 2 { $_ * 2 } | Sort-Object
        }
        $found | Should -Be (1..2000).ForEach({ 2 * ($_ + 1) })
    }

    It 'in one pipeline keep the order with -Ordered and queues of one' {
        $found = Invoke-WithLimit {
            1..1000 | Invoke-ParallelOrchestration -Ordered -QueueCapacity 1 -ThrottleLimit 3 { $_, "also $_" } |
                Invoke-ParallelOrchestration -Ordered -QueueCapacity 1 -ThrottleLimit 2 { "<$_>" }
        }
        $found | Should -Be (1..1000).ForEach({ "<$_>", "<also $_>" })
    }

    It 'with a queue of one take items that put out more than it holds' {
        Invoke-WithLimit {
            (1..4 | Invoke-ParallelOrchestration -QueueCapacity 1 -ThrottleLimit 4 { 1..3000 } | Measure-Object).Count
        } | Should -Be 12000
    }
}

Describe 'Input that waits' {
    It 'is not read without end while items do not keep up' {
        # The first item ends as soon as more was read than may be under way, and else after a while.
        $bound = 4 + 1 + 1
        $found = Invoke-WithLimit {
            param($Bound)
            $tooMany = [Threading.ManualResetEventSlim]::new()
            $read = [ref] 0
            1..1000 | ForEach-Object { if (++$read.Value -gt $Bound) { $tooMany.Set() }; $_ } |
                Invoke-ParallelOrchestration -QueueCapacity 4 -ThrottleLimit 1 { if ($_ -eq 1) { ($using:tooMany).Wait(1000) } }
        } $bound
        $found | Should -BeFalse
    }

    It 'is not read without end while the output is not taken' {
        $found = Invoke-WithLimit {
            $ran = [Threading.CountdownEvent]::new(200)
            $first = $true
            1..1000 | Invoke-ParallelOrchestration -QueueCapacity 4 -ThrottleLimit 2 { if (-not ($using:ran).IsSet) { $null = ($using:ran).Signal() }; $_ } |
                ForEach-Object { if ($first) { $first = $false; "too many: $($ran.Wait(1000))" } }
        }
        $found | Should -Be 'too many: False'
    }
}
