# PoshRSJob#154, PoshRSJob#186, PowerShell-Docs#5770: no retries, no time limit of a single item.
BeforeAll { . (Join-Path $PSScriptRoot '../TestSetup.ps1') }

Describe 'An item' {
    It 'that fails is run again, and one that hangs has a limit of its own' {
        $runs = [Collections.Concurrent.ConcurrentDictionary[int, int]]::new()
        $records = 1..3 | Invoke-ParallelOrchestration -Ordered -PassThru -RetryCount 1 -ItemTimeoutSeconds 1 {
            $run = ($using:runs).AddOrUpdate($_, 1, { param($key, $old) $null = $key; $old + 1 })
            if ($_ -eq 1 -and $run -eq 1) { throw 'once' }
            if ($_ -eq 2) { Start-Sleep -Seconds 60 }
            "item $_ run $run"
        }
        $records | ForEach-Object { "$($_.Status) $($_.Attempts) $($_.Output)" } |
            Should -Be 'Succeeded 2 item 1 run 2', 'TimedOut 2 ', 'Succeeded 1 item 3 run 1'
    }
}
