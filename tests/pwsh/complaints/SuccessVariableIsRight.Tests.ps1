# P#16733: $? is wrong from the second use of a runspace on.
BeforeAll { . (Join-Path $PSScriptRoot '../TestSetup.ps1') }

Describe '$?' {
    It 'is true at the start of each item, and says what happened in it' {
        1..3 | Invoke-ParallelOrchestration -ThrottleLimit 1 -ErrorAction SilentlyContinue { "$?"; Write-Error 'no'; "$?" } |
            Should -Be 'True', 'False', 'True', 'False', 'True', 'False'
    }
}
