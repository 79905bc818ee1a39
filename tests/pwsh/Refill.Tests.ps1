BeforeAll { . "$PSScriptRoot/TestSetup.ps1" }

Describe 'Output that goes back in as input' {
    It 'is what stands in a reference' {
        1, 5 | Invoke-ParallelOrchestration -Refill { "item $_"; if ($_ -lt 4) { [ref]($_ + 1) } } | Sort-Object |
            Should -Be 'item 1', 'item 2', 'item 3', 'item 4', 'item 5'
    }

    It 'comes in the order in which it came back' {
        # Behind the item that it came from; what of the input comes before it depends on who is faster.
        $order = 1..3 | Invoke-ParallelOrchestration -Refill -Ordered { $_; if ($_ -lt 10) { [ref]($_ * 10) } }
        $order | Where-Object { $_ -lt 10 } | Should -Be 1, 2, 3
        $order | Where-Object { $_ -ge 10 } | Should -Be 10, 20, 30
    }

    It 'walks a tree of any size through small queues' {
        $nodes = 1 | Invoke-ParallelOrchestration -Refill -QueueCapacity 2 -ThrottleLimit 3 {
            $_
            if ($_ -lt 4096) { [ref](2 * $_); [ref](2 * $_ + 1) }
        }
        Compare-Object (1..8191) $nodes | Should -BeNullOrEmpty
    }

    It 'passes the filter of the input, which can leave out what was seen' {
        $seen = @{}
        $output = 'a' | Invoke-ParallelOrchestration -Refill {
            $_
            $links = @{ a = 'b', 'c'; b = 'a', 'c'; c = 'a', 'd'; d = 'd', 'a' }
            $links[$_] | ForEach-Object { [ref]$_ }
        } -Filter { if (-not $seen.ContainsKey($_)) { $seen[$_] = $true; $true } }
        $output | Sort-Object | Should -Be 'a', 'b', 'c', 'd'
    }

    It 'makes batches too, and leaves no small one behind' {
        $batches = 1..4 | Invoke-ParallelOrchestration -Refill -BatchSize 3 {
            $_ -join ','
            $_ | Where-Object { $_ -lt 3 } | ForEach-Object { [ref]($_ + 100) }
        }
        $batches | Should -Contain '1,2,3'
        $batches -join ',' -split ',' | Sort-Object | Should -Be '1', '101', '102', '2', '3', '4'
    }

    It 'is output as it is without -Refill' {
        $output = 1 | Invoke-ParallelOrchestration { [ref]7 }
        $output.GetType().Name | Should -Be 'PSReference`1'
    }

    It 'goes on after a failed attempt' {
        $attempts = [Collections.Concurrent.ConcurrentDictionary[int, int]]::new()
        1 | Invoke-ParallelOrchestration -Refill -RetryCount 1 {
            $attempt = ($using:attempts).AddOrUpdate($_, 1, { param($key, $old) $null = $key; $old + 1 })
            [ref]($_ + 1)
            if ($_ -lt 5 -and $attempt -eq 1) { throw 'again' }
            if ($_ -eq 5) { throw 'enough' }
            $_
        } -ErrorAction SilentlyContinue | Select-Object -First 4 | Sort-Object | Should -Be 1, 2, 3, 4
    }
}

Describe 'A filter' {
    It 'leaves inputs out before they are items' {
        $records = 1..6 | Invoke-ParallelOrchestration -PassThru -Ordered { $_ } -Filter { $_ % 2 }
        $records | ForEach-Object { "$($_.Index)=$($_.Output)" } | Should -Be '0=1', '1=3', '2=5'
    }

    It 'that throws costs its input only' {
        $output = 1..3 | Invoke-ParallelOrchestration -Ordered { "ran $_" } -Filter { if ($_ -eq 2) { throw 'bad' }; $true } 2>&1
        # The error leaves when the filter fails, which may be before or after the first item has run.
        $problem, $outputs = $output.Where({ $_ -is [System.Management.Automation.ErrorRecord] }, 'Split')
        $problem | Get-StreamText | Should -Be 'error -Filter failed for an input, which is left out: bad'
        $problem.FullyQualifiedErrorId | Should -BeLike 'FilterFailed,*'
        $outputs | Should -Be 'ran 1', 'ran 3'
    }
}
