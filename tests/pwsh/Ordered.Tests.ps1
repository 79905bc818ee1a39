# Output in completion order, or with -Ordered in that of the input; the output of one item is never reordered.
[Diagnostics.CodeAnalysis.SuppressMessageAttribute('PSUseDeclaredVarsMoreThanAssignments', '', Justification = 'BeforeAll and -ForEach hand variables to other blocks')]
param()

BeforeAll {
    . (Join-Path $PSScriptRoot 'TestSetup.ps1')

    # Items end in reverse: each waits for the one after it.
    $reversed = {
        param($Ordered)
        $events = 0..8 | ForEach-Object { [Threading.ManualResetEventSlim]::new($_ -eq 8) }
        0..7 | Invoke-ParallelOrchestration -ThrottleLimit 8 -Ordered:$Ordered {
            $null = ($using:events)[$_ + 1].Wait(30000)
            "a$_"; "b$_"
            ($using:events)[$_].Set()
        }
    }
}

Describe 'The order of output' {
    It 'is that of completion without -Ordered' {
        Invoke-WithLimit $reversed $false | Should -Be (7..0).ForEach({ "a$_", "b$_" })
    }

    It 'is that of the input with -Ordered' {
        Invoke-WithLimit $reversed $true | Should -Be (0..7).ForEach({ "a$_", "b$_" })
    }

    It 'is that of the input with -Ordered for <_> items' -ForEach 0, 1, 7, 100000 {
        $numbers = [Linq.Enumerable]::Range(0, $_)
        [int[]] $found = @($numbers | Invoke-ParallelOrchestration -Ordered -ThrottleLimit 4 { $_ })
        [Linq.Enumerable]::SequenceEqual($found, $numbers) | Should -BeTrue
    }

    It 'is that of the input for records, with -Ordered -PassThru' {
        $records = 1..500 | Invoke-ParallelOrchestration -Ordered -PassThru -ThrottleLimit 4 { $_ }
        $records.Index | Should -Be (0..499)
    }

    It 'is that of the input for all streams' {
        $found = Invoke-WithLimit {
            $second = [Threading.ManualResetEventSlim]::new()
            1, 2 | Invoke-ParallelOrchestration -Ordered -ThrottleLimit 2 {
                if ($_ -eq 1) { $null = ($using:second).Wait(30000) }
                "o$_"; Write-Error "e$_"; Write-Warning "w$_"; Write-Host "h$_"
                if ($_ -eq 2) { ($using:second).Set() }
            } *>&1
        }
        $found | Get-StreamText | Should -Be @(foreach ($n in 1, 2) { "output o$n", "error e$n", "warning w$n", "information h$n" })
    }

    It 'holds the place of items that put out nothing, fail or time out' {
        Invoke-WithLimit {
            0..5 | Invoke-ParallelOrchestration -Ordered -ThrottleLimit 2 -ItemTimeoutSeconds 1 {
                switch ($_) { 0 { Start-Sleep -Seconds 600 } 1 { } 2 { throw 'boom' } 3 { exit } default { "o$_" } }
            } 2>&1 | ForEach-Object { $_ -is [System.Management.Automation.ErrorRecord] ? "error of $($_.ItemIndex)" : $_ }
        } | Should -Be 'error of 0', 'error of 2', 'o4', 'o5'
    }

    It 'lets output of the first item through while it still runs' {
        $found = Invoke-WithLimit {
            $seen = [Threading.ManualResetEventSlim]::new()
            1, 2 | Invoke-ParallelOrchestration -Ordered -ThrottleLimit 2 { "first of $_"; if ($_ -eq 1) { ($using:seen).Wait(30000) } } |
                ForEach-Object { if ($_ -eq 'first of 1') { $seen.Set() }; $_ }
        }
        $found | Should -Be 'first of 1', $true, 'first of 2'
    }

    It 'does not read input without end while the first item takes long' {
        $found = Invoke-WithLimit {
            $tooMany = [Threading.ManualResetEventSlim]::new()
            $read = [ref] 0
            $found = 1..2000 | ForEach-Object { if (++$read.Value -gt 100) { $tooMany.Set() }; $_ } |
                Invoke-ParallelOrchestration -Ordered -QueueCapacity 8 -ThrottleLimit 2 { if ($_ -eq 1) { ($using:tooMany).Wait(1000) } else { $_ } }
            "too many: $($found[0])"
            $found.Count
        }
        $found | Should -Be 'too many: False', 2000
    }
}
