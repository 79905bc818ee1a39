# Feature: a log of the run, and times of each item.
BeforeAll { . (Join-Path $PSScriptRoot '../TestSetup.ps1') }

Describe 'A record of the run' {
    It 'is a file by -Log' {
        'a', 'b' | Invoke-ParallelOrchestration -ThrottleLimit 1 -Log TestDrive:/run.csv { if ($_ -eq 'b') { throw 'no b' } } 2>$null
        $rows = Import-Csv TestDrive:/run.csv
        $rows | ForEach-Object { "$($_.Index) $($_.Input) $($_.Status) $($_.Attempts) $($_.Error)" } | Should -Be '0 a Succeeded 1 ', '1 b Failed 1 no b'
        $rows.Start | ForEach-Object { { [datetime] $_ } | Should -Not -Throw }
        $rows.Duration | ForEach-Object { [double] $_ | Should -BeGreaterOrEqual 0 }
    }

    It 'is an object an item by -PassThru' {
        $record = 'a' | Invoke-ParallelOrchestration -PassThru { Start-Sleep -Milliseconds 20; 'out' }
        "$($record.Index) $($record.Input) $($record.Status) $($record.Output)" | Should -Be '0 a Succeeded out'
        $record.Duration | Should -BeGreaterThan ([timespan]::FromMilliseconds(15))
    }
}
