# The input comes from a script block that a worker runs.
BeforeAll { . (Join-Path $PSScriptRoot 'TestSetup.ps1') }

Describe '-InputScript' {
    It 'gives the items' {
        Invoke-ParallelOrchestration -InputScript { 1..5 } { $_ * 10 } -Ordered | Should -Be 10, 20, 30, 40, 50
    }

    It 'gives no item if it puts nothing out' {
        Invoke-ParallelOrchestration -InputScript { } { 'ran' } | Should -BeNullOrEmpty
    }

    It 'sees $using: and the location of the caller' {
        $count = 3
        Invoke-ParallelOrchestration -InputScript { 1..$using:count; "$PWD" } { "$_" } -Ordered | Should -Be '1', '2', '3', "$PWD"
    }

    It 'lets output through while it goes on' {
        # The producer waits until the first output has been seen: with a pipeline before the cmdlet this could not end.
        $seen = [Threading.ManualResetEventSlim]::new()
        $output = Invoke-WithLimit -ArgumentList $seen {
            param($seen)
            Invoke-ParallelOrchestration -InputScript { 'first'; "waited: $(($using:seen).Wait(30000))" } { $_ } | ForEach-Object { $_; $seen.Set() }
        }
        $output | Should -Be 'first', 'waited: True'
    }

    It 'is ended at the time limit of the call, wherever it is' {
        $output = Invoke-WithLimit -LimitSeconds 30 {
            try { Invoke-ParallelOrchestration -TimeoutSeconds 1 -InputScript { 1; [Threading.Thread]::Sleep(100000); 2 } { "ran $_" } }
            catch { $_.FullyQualifiedErrorId }
        }
        $output | Should -Be 'ran 1', 'CallTimedOut,OrchestrationEngine.PowerShell.Cmdlets.InvokeParallelOrchestrationCommand'
    }

    It 'has no time limit of an item' {
        Invoke-ParallelOrchestration -ItemTimeoutSeconds 0.5 -InputScript { 1; Start-Sleep -Milliseconds 1200; 2 } { $_ } | Should -Be 1, 2
    }

    It 'may be endless' {
        Invoke-ParallelOrchestration -Ordered -InputScript { for ($i = 1; ; $i++) { $i } } { $_ } | Select-Object -First 3 | Should -Be 1, 2, 3
    }

    It 'is kept from running ahead of the items' {
        $made = [Collections.Concurrent.ConcurrentBag[int]]::new()
        $gate = [Threading.ManualResetEventSlim]::new()
        $session = Start-Session -ArgumentList $made, $gate {
            param($made, $gate)
            Invoke-ParallelOrchestration -QueueCapacity 10 -ThrottleLimit 2 -InputScript { 1..1000 | ForEach-Object { ($using:made).Add($_); $_ } } {
                $null = ($using:gate).Wait(60000)
                $_
            }
        }
        # What waits before the items, what may wait behind the script, and one a worker.
        Wait-Until { $made.Count -ge 10 } | Should -BeTrue
        $made.Count | Should -BeLessOrEqual 50
        $gate.Set()
        (Wait-Session $session).Count | Should -Be 1000
    }

    It 'leaves the limit of items as it is' {
        $running = [Collections.Concurrent.ConcurrentDictionary[string, int]]::new()
        $peaks = Invoke-ParallelOrchestration -ThrottleLimit 2 -InputScript { 1..60 } {
            $now = ($using:running).AddOrUpdate('now', 1, { param($key, $old) $null = $key; $old + 1 })
            $now
            Start-Sleep -Milliseconds 5
            $null = ($using:running).AddOrUpdate('now', 0, { param($key, $old) $null = $key; $old - 1 })
        }
        $peaks.Count | Should -Be 60
        ($peaks | Measure-Object -Maximum).Maximum | Should -BeLessOrEqual 2
    }

    It 'that throws ends the call with its error' {
        { Invoke-ParallelOrchestration -InputScript { 1; throw 'no more' } { $_ } } |
            Should -Throw -ErrorId 'InputScriptFailed,*' -ExpectedMessage '-InputScript failed: no more'
    }

    It 'that exits ends the input only' {
        Invoke-ParallelOrchestration -InputScript { 1; exit 3; 2 } { $_ } | Should -Be 1
    }

    It 'writes its other streams to the caller' {
        $output = Invoke-ParallelOrchestration -InputScript { Write-Warning 'w'; Write-Error 'e'; 1 } { $_ } 2>&1 3>&1
        $output | Get-StreamText | Sort-Object | Should -Be 'error e', 'output 1', 'warning w'
    }

    It 'is refused beside a pipeline input or -InputObject' {
        { 1 | Invoke-ParallelOrchestration -InputScript { 2 } { $_ } } | Should -Throw -ErrorId 'TwoInputs,*'
        { Invoke-ParallelOrchestration -InputObject 1 -InputScript { 2 } { $_ } } | Should -Throw -ErrorId 'TwoInputs,*'
    }

    It 'goes with batches, a filter, retries and records' {
        $records = Invoke-ParallelOrchestration -InputScript { 1..10 } -Filter { $_ % 2 } -BatchSize 2 -PassThru -Ordered -RetryCount 1 { $_ -join ',' }
        $records | ForEach-Object { "$($_.Index) $($_.Output)" } | Should -Be '0 1,3', '1 5,7', '2 9'
    }
}
