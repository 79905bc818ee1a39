# Feature: a time limit of the whole call, which says of each item what became of it.
BeforeAll { . (Join-Path $PSScriptRoot '../TestSetup.ps1') }

Describe '-TimeoutSeconds' {
    It 'ends the call with its output so far, and with one error that counts' {
        Invoke-WithLimit {
            try { 1..10 | Invoke-ParallelOrchestration -ThrottleLimit 2 -TimeoutSeconds 0.5 -OutVariable output { "item $_"; Start-Sleep -Seconds 600 } -ErrorAction SilentlyContinue | Out-Null }
            catch { $_.FullyQualifiedErrorId -replace ',.*'; "$_" -replace '^.*?: ' }
            $output | Sort-Object
        } | Should -Be @(
            'CallTimedOut'
            '2 timed out, 8 stopped or not started. Input that was not yet read is not counted.'
            'item 1'
            'item 2')
    }

    It 'loses no item' {
        Invoke-WithLimit {
            try { 1..4 | Invoke-ParallelOrchestration -ThrottleLimit 1 -TimeoutSeconds 0.5 -PassThru -Ordered { "item $_"; Start-Sleep -Seconds 600 } | ForEach-Object { "$($_.Input) $($_.Status) $($_.Output)" } }
            catch { $_.FullyQualifiedErrorId -replace ',.*' }
        } | Should -Be '1 TimedOut item 1', '2 Stopped ', '3 Stopped ', '4 Stopped ', 'CallTimedOut'
    }
}
