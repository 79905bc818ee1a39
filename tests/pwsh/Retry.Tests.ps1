BeforeAll { . "$PSScriptRoot/TestSetup.ps1" }

Describe 'An item that fails' {
    BeforeEach { $attempts = [Collections.Concurrent.ConcurrentDictionary[int, int]]::new() }

    It 'is run again until it succeeds, and only then counts' {
        $output = 1..4 | Invoke-ParallelOrchestration -RetryCount 3 -Ordered {
            $attempt = ($using:attempts).AddOrUpdate($_, 1, { param($key, $old) $null = $key; $old + 1 })
            "item $_ attempt $attempt"
            Write-Error "written by $_"
            if ($attempt -lt $_) { throw "thrown by $_" }
        } 2>&1
        # Of an attempt that failed nothing is seen.
        $output | Get-StreamText | Should -Be @(
            'output item 1 attempt 1', 'error written by 1'
            'output item 2 attempt 2', 'error written by 2'
            'output item 3 attempt 3', 'error written by 3'
            'output item 4 attempt 4', 'error written by 4'
        )
    }

    It 'fails with what its last attempt put out' {
        $output = 1 | Invoke-ParallelOrchestration -RetryCount 2 {
            $attempt = ($using:attempts).AddOrUpdate($_, 1, { param($key, $old) $null = $key; $old + 1 })
            "attempt $attempt"
            throw "no $attempt"
        } 2>&1
        $output | Get-StreamText | Should -Be 'output attempt 3', 'error no 3'
    }

    It 'says in its record how often it was run' {
        $records = 0..3 | Invoke-ParallelOrchestration -RetryCount 2 -PassThru -Ordered {
            $attempt = ($using:attempts).AddOrUpdate($_, 1, { param($key, $old) $null = $key; $old + 1 })
            if ($attempt -le $_) { throw "no $attempt" }
            $attempt
        }
        $records | ForEach-Object { "$($_.Status) $($_.Attempts) [$($_.Output)] [$($_.Errors)]" } |
            Should -Be 'Succeeded 1 [1] []', 'Succeeded 2 [2] []', 'Succeeded 3 [3] []', 'Failed 3 [] [no 3]'
    }

    It 'is run again after its time limit, too' {
        $records = 1 | Invoke-ParallelOrchestration -RetryCount 1 -ItemTimeoutSeconds 0.3 -PassThru {
            $attempt = ($using:attempts).AddOrUpdate($_, 1, { param($key, $old) $null = $key; $old + 1 })
            if ($attempt -eq 1) { [Threading.Thread]::Sleep(60000) }
            "attempt $attempt"
        }
        "$($records.Status) $($records.Attempts) $($records.Output)" | Should -Be 'Succeeded 2 attempt 2'
    }

    It 'says when it will be run again' {
        $output = 1 | Invoke-ParallelOrchestration -RetryCount 2 -RetryDelay 0.1 -RetryBackoff Exponential { throw 'no' } -Verbose 4>&1 2>&1
        $output | Get-StreamText | Should -Be @(
            'verbose Item 0 failed at attempt 1 of 3: no The next attempt is in 0.1 s.'
            'verbose Item 0 failed at attempt 2 of 3: no The next attempt is in 0.2 s.'
            'error no'
        )
    }

    It 'holds no worker while it waits for its next attempt' {
        # One worker: the others run while the first waits for an hour, and the call is then cut short.
        $seen = [Collections.Concurrent.ConcurrentBag[int]]::new()
        Invoke-WithLimit -ArgumentList (, $seen) {
            param($seen)
            try {
                1..20 | Invoke-ParallelOrchestration -ThrottleLimit 1 -RetryCount 1 -RetryDelay 3600 -TimeoutSeconds 3 {
                    if ($_ -eq 1) { throw 'first' }
                    ($using:seen).Add($_)
                } -ErrorAction SilentlyContinue
            } catch [TimeoutException] { $_.Exception.Message }
        } | Should -Be 'The call was stopped after its 3 s: 19 succeeded, 1 failed. Input that was not yet read is not counted.'
        $seen.Count | Should -Be 19
    }

    It 'ends with its failure when the call is stopped before its next attempt' {
        $errors = @()
        try {
            $null = 1..2 | Invoke-ParallelOrchestration -PassThru -RetryCount 1 -RetryDelay 3600 -TimeoutSeconds 1 { "out $_"; throw "no $_" } -OutVariable records
        } catch { $errors += $_ }
        $errors.FullyQualifiedErrorId | Should -Be 'CallTimedOut,OrchestrationEngine.PowerShell.Cmdlets.InvokeParallelOrchestrationCommand'
        $records | Sort-Object Index | ForEach-Object { "$($_.Status) [$($_.Output)] [$($_.Errors)]" } |
            Should -Be 'Failed [out 1] [no 1]', 'Failed [out 2] [no 2]'
    }

    It 'stops the others only when it has failed for good' {
        $ran = [Collections.Concurrent.ConcurrentBag[int]]::new()
        { 1..3 | Invoke-ParallelOrchestration -ThrottleLimit 1 -RetryCount 1 -StopOnError { ($using:ran).Add($_); throw "no $_" } 2>$null } |
            Should -Throw -ErrorId 'StoppedOnFirstFailure,*'
        # Each had its first attempt before the second of the first.
        $ran | Sort-Object | Select-Object -First 3 | Should -Be 1, 1, 2
    }
}

Describe 'A filter for what is run again' {
    It 'finds the error in $_ and sees the session of the caller' {
        $wanted = 'again'
        $records = 'again', 'never' | Invoke-ParallelOrchestration -Ordered -PassThru -RetryCount 2 { throw $_ } -RetryOn { $_.Exception.Message -eq $wanted }
        $records | ForEach-Object { "$($_.Errors) $($_.Attempts)" } | Should -Be 'again 3', 'never 1'
    }

    It 'that throws is an error, and the item ends as it did' {
        $output = 1 | Invoke-ParallelOrchestration -RetryCount 2 { throw 'no' } -RetryOn { throw 'bad filter' } 2>&1
        $output | ForEach-Object FullyQualifiedErrorId |
            Should -Be 'RetryFilterFailed,OrchestrationEngine.PowerShell.Cmdlets.InvokeParallelOrchestrationCommand', 'no'
        $output[0].Exception.Message | Should -Be '-RetryOn failed for item 0, which is not run again: bad filter'
        $output[0].ErrorDetails.RecommendedAction | Should -Not -BeNullOrEmpty
    }
}

Describe 'Retry parameters' {
    It '<Name> without -RetryCount is refused' -ForEach @(
        @{ Name = 'RetryDelay'; Value = 1 }, @{ Name = 'RetryBackoff'; Value = 'Fixed' }, @{ Name = 'RetryOn'; Value = { $true } }
    ) {
        $more = @{ $Name = $Value }
        { 1 | Invoke-ParallelOrchestration { } @more } | Should -Throw -ErrorId 'RetryCountMissing,*'
    }

    It 'lose and double nothing among many items' {
        $attempts = [Collections.Concurrent.ConcurrentDictionary[int, int]]::new()
        $output = 1..1000 | Invoke-ParallelOrchestration -RetryCount 3 -QueueCapacity 16 {
            $attempt = ($using:attempts).AddOrUpdate($_, 1, { param($key, $old) $null = $key; $old + 1 })
            if ($attempt -le $_ % 4) { throw 'again' }
            $_
        }
        Compare-Object (1..1000) $output | Should -BeNullOrEmpty
    }
}
