# One record an item instead of its bare output.
BeforeAll {
    . (Join-Path $PSScriptRoot 'TestSetup.ps1')
}

Describe '-PassThru' -Tag Semantics {
    It 'gives records of exactly these properties' {
        $record = 'x' | Invoke-ParallelOrchestration -PassThru { 'out' }
        $record.PSObject.TypeNames[0] | Should -Be 'OrchestrationEngine.PowerShell.ItemResult'
        $record.PSObject.Properties.Name | Should -Be 'Index', 'Input', 'Status', 'Output', 'Errors', 'Duration', 'Worker', 'Attempts'
    }

    It 'says what went in, how it ended and what came out' {
        $records = 'a', $null, 'c' | Invoke-ParallelOrchestration -Ordered -PassThru { "1$_"; Write-Error "e$_"; "2$_"; if ($_ -eq 'c') { throw "t$_" } }
        $records.Index | Should -Be 0, 1, 2
        $records.ForEach({ "[$($_.Input)]" }) | Should -Be '[a]', '[]', '[c]'
        $records.Status | Should -Be 'Succeeded', 'Succeeded', 'Failed'
        $records.ForEach({ $_.Output -join ',' }) | Should -Be '1a,2a', '1,2', '1c,2c'
        $records.ForEach({ $_.Errors -join ',' }) | Should -Be 'ea', 'e', 'ec,tc'
        $records[2].Errors.ItemIndex | Should -Be 2, 2
    }

    It 'gives the item itself, and output as it was' {
        $item = [pscustomobject]@{ A = 1 }
        $record = $item | Invoke-ParallelOrchestration -PassThru { $_; $null; , @(1, 2) }
        [object]::ReferenceEquals($record.Input, $item) | Should -BeTrue
        [object]::ReferenceEquals($record.Output[0], $item) | Should -BeTrue
        $record.Output.Count | Should -Be 3
        $record.Output[2] | Should -Be 1, 2
    }

    It 'has empty lists, not $null, where there is nothing' {
        $record = 1 | Invoke-ParallelOrchestration -PassThru { }
        $null -eq $record.Output | Should -BeFalse
        $record.Output.Count | Should -Be 0
        $record.Errors.Count | Should -Be 0
    }

    It 'writes errors into the record only' {
        $Error.Clear()
        $record = 1 | Invoke-ParallelOrchestration -PassThru { Write-Error 'e'; throw 't' } -ErrorVariable seen
        $seen.Count | Should -Be 0
        $Error.Count | Should -Be 0
        $record.Errors.Count | Should -Be 2
    }

    It 'writes the other streams as without it' {
        1 | Invoke-ParallelOrchestration -PassThru { 'o'; Write-Warning w; Write-Host h } *>&1 | Get-StreamText |
            Should -Be 'warning w', 'information h', 'output OrchestrationEngine.PowerShell.ItemResult'
    }

    It 'names the worker and how long the item ran' {
        $record = 1 | Invoke-ParallelOrchestration -PassThru { Start-Sleep -Milliseconds 50 }
        $record.Worker | Should -BeGreaterThan 0
        $record.Duration | Should -BeGreaterOrEqual ([timespan]::FromMilliseconds(45))
    }

    It 'is shown as a table' {
        $text = 'in', 'bad' | Invoke-ParallelOrchestration -Ordered -PassThru { if ($_ -eq 'bad') { throw 'boom' }; 'out' } | Out-String -Width 120
        $lines = $text.Trim() -split '\r?\n'
        $lines[0] | Should -Match 'Index\s+Status\s+Duration\s+Worker\s+Input\s+Output'
        $lines[2] | Should -Match '^\s*0\s+Succeeded\s+.* ms\s+\d+\s+in\s+out$'
        $lines[3] | Should -Match '^\s*1\s+Failed\s+.* ms\s+\d+\s+bad\s+boom$'
    }
}
