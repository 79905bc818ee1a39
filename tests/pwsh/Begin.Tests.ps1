# What each worker runs beside its items: -Begin, -End, -Finally.
BeforeAll {
    . (Join-Path $PSScriptRoot 'TestSetup.ps1')

    # A log that workers write to.
    function Get-Log { , [Collections.Concurrent.ConcurrentQueue[string]]::new() }
}

Describe '-Begin, -End and -Finally' {
    It 'run once a worker, around its items, and share their variables' {
        $log = Get-Log
        $output = 1..3 | Invoke-ParallelOrchestration -ThrottleLimit 1 -Begin {
            $connection = 'open'; ($using:log).Enqueue('begin'); 'from begin'
        } -End {
            ($using:log).Enqueue("end $connection"); 'from end'
        } -Finally {
            ($using:log).Enqueue("finally $connection"); 'from finally'
        } { ($using:log).Enqueue("item $_ $connection"); $_ }
        $log.ToArray() | Should -Be 'begin', 'item 1 open', 'item 2 open', 'item 3 open', 'end open', 'finally open'
        $output | Should -Be 'from begin', 1, 2, 3, 'from end', 'from finally'
    }

    It 'run on each worker that has a part in the call' {
        $log = Get-Log
        $barrier = [Threading.Barrier]::new(3)
        1..3 | Invoke-ParallelOrchestration -ThrottleLimit 3 -Begin { ($using:log).Enqueue('begin') } -End { ($using:log).Enqueue('end') } {
            $null = ($using:barrier).SignalAndWait(60000)
        }
        @($log | Where-Object { $_ -eq 'begin' }).Count | Should -Be 3
        @($log | Where-Object { $_ -eq 'end' }).Count | Should -Be 3
    }

    It 'are not reached by what an item sets, which has a scope of its own' {
        1..2 | Invoke-ParallelOrchestration -ThrottleLimit 1 -Begin { $x = 'begin' } { "$x"; $x = 'item' } -End { "end $x" } |
            Should -Be 'begin', 'begin', 'end begin'
    }

    It 'keep what they set also beside items that leave traces' {
        1..3 | Invoke-ParallelOrchestration -ThrottleLimit 1 -Begin { $global:count = 10 } { $global:count++; $global:count } |
            Should -Be 11, 12, 13
        # And it is gone for the next call.
        1 | Invoke-ParallelOrchestration -ThrottleLimit 1 { "[$global:count]" } | Should -Be '[]'
    }

    It 'write all streams, and their errors name no item' {
        $output = 1 | Invoke-ParallelOrchestration -ThrottleLimit 1 -Begin { Write-Error 'e'; Write-Warning 'w'; Write-Information 'i' } { } 2>&1 3>&1 6>&1
        $output | Get-StreamText | Should -Be 'error e', 'warning w', 'information i'
        $output[0].ItemIndex | Should -BeNullOrEmpty
    }

    It 'give a record with the index -1 if they put something out' {
        $records = 1 | Invoke-ParallelOrchestration -ThrottleLimit 1 -PassThru -Begin { 'b' } -End { 'e' } { 'i' }
        $records | ForEach-Object { "$($_.Index) $($_.Output -join ',')" } | Should -Be '0 i', '-1 b,e'
        $silent = 1 | Invoke-ParallelOrchestration -ThrottleLimit 1 -PassThru -Begin { $x = 1 } { $x }
        $silent.Index | Should -Be 0
    }

    It 'do not count against the time limit of an item' {
        $records = 1 | Invoke-ParallelOrchestration -ItemTimeoutSeconds 1 -PassThru -Begin { Start-Sleep -Milliseconds 1500 } { 'ran' }
        "$($records.Status) $($records.Output)" | Should -Be 'Succeeded ran'
    }

    It 'end with Finally also after a stop, once for each Begin' {
        $log = Get-Log
        1..100 | Invoke-ParallelOrchestration -ThrottleLimit 2 -Begin { $x = 'open'; ($using:log).Enqueue('begin') } -End { ($using:log).Enqueue('end') } -Finally {
            ($using:log).Enqueue("finally $x")
        } { $_; Start-Sleep -Seconds 60 } | Select-Object -First 1 | Should -BeIn 1, 2
        Wait-Until { @($log -eq 'finally open').Count -eq @($log -eq 'begin').Count } | Should -BeTrue
        @($log -eq 'end') | Should -BeNullOrEmpty
    }

    It 'end with Finally, not End, after -StopOnError, <Name>' -ForEach @(
        @{ Name = 'for an item that fails'; Parameters = @{}; Expected = 'begin', 'finally' }
        @{ Name = 'and so does a stage'; Parameters = @{ Stateful = $true }; Expected = 'begin', 'finally' }
    ) {
        $log = Get-Log
        try {
            1..10 | Invoke-ParallelOrchestration -ThrottleLimit 1 -StopOnError @Parameters -Begin { ($using:log).Enqueue('begin') } -End {
                ($using:log).Enqueue('end')
            } -Finally { ($using:log).Enqueue('finally') } { begin { } process { throw 'two' } end { ($using:log).Enqueue('end of the block') } } 2>$null
        } catch { $_.FullyQualifiedErrorId | Should -BeLike 'StoppedOnFirstFailure,*' }
        $log.ToArray() | Should -Be $Expected
    }

    It 'run Finally after an item was stopped at its time limit, and begin anew' {
        # A worker that does not stop in 0.3 s, as on a machine that is very busy, is given up and has no Finally: so three tries.
        for ($try = 1; $try -le 3; $try++) {
            $log = Get-Log
            $before = (Get-FullLanguagePool).Abandoned
            $null = 1..2 | Invoke-ParallelOrchestration -ThrottleLimit 1 -ItemTimeoutSeconds 1 -PassThru -Begin { ($using:log).Enqueue('begin') } -Finally { ($using:log).Enqueue('finally') } {
                if ($_ -eq 1) { Start-Sleep -Seconds 60 }
                ($using:log).Enqueue("item $_")
            }
            if ((Get-FullLanguagePool).Abandoned -eq $before) { break }
        }
        $log.ToArray() | Should -Be 'begin', 'finally', 'begin', 'item 2', 'finally'
    }

    It 'end the call with the error of a Begin that throws, and run no item' {
        $ran = Get-Log
        { 1..10 | Invoke-ParallelOrchestration -Begin { throw 'no connection' } { ($using:ran).Enqueue('item') } } |
            Should -Throw -ErrorId 'BeginFailed,*' -ExpectedMessage '-Begin failed on a worker, so its items cannot run: no connection'
        $ran.Count | Should -Be 0
    }

    It 'write the error of an End that throws, and the call goes on' {
        $output = 1 | Invoke-ParallelOrchestration -ThrottleLimit 1 -End { throw 'bad end' } { 'item' } 2>&1
        $output | Get-StreamText | Should -Be 'output item', 'error bad end'
    }

    It 'run nothing without items' {
        $log = Get-Log
        @() | Invoke-ParallelOrchestration -Begin { ($using:log).Enqueue('begin') } -Finally { ($using:log).Enqueue('finally') } { }
        $log.Count | Should -Be 0
    }

    It 'are there beside an ordered output' {
        1..200 | Invoke-ParallelOrchestration -ThrottleLimit 4 -Ordered -Begin { $offset = 1000 } { $_ + $offset } | Should -Be (1001..1200)
    }
}
