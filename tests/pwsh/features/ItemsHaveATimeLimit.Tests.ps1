# Feature: a time limit of each item, from its own start.
BeforeAll { . (Join-Path $PSScriptRoot '../TestSetup.ps1') }

Describe '-ItemTimeoutSeconds' {
    It 'ends the item that runs too long, and no other' {
        Invoke-WithLimit {
            1..3 | Invoke-ParallelOrchestration -ThrottleLimit 1 -ItemTimeoutSeconds 0.5 -PassThru { if ($_ -eq 2) { Start-Sleep -Seconds 600 }; "item $_" } |
                ForEach-Object { "$($_.Status) $($_.Output)" }
        } | Should -Be 'Succeeded item 1', 'TimedOut ', 'Succeeded item 3'
    }
}
