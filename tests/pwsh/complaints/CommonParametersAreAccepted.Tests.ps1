# P#15102, P#10229: PipelineVariable, ErrorAction and others are refused.
BeforeAll { . (Join-Path $PSScriptRoot '../TestSetup.ps1') }

Describe 'A common parameter' {
    It '-PipelineVariable holds the output' {
        1..3 | Invoke-ParallelOrchestration -Ordered { $_ * 10 } -PipelineVariable out | ForEach-Object { "$out" } | Should -Be '10', '20', '30'
    }

    It '-ErrorAction silences, and stops when asked to' {
        1..2 | Invoke-ParallelOrchestration { Write-Error 'e' } -ErrorAction SilentlyContinue 2>&1 | Should -BeNullOrEmpty
        { 1..2 | Invoke-ParallelOrchestration { Write-Error 'e' } -ErrorAction Stop } | Should -Throw 'e'
    }

    It '-WarningAction and -InformationAction silence' {
        1 | Invoke-ParallelOrchestration { Write-Warning 'w'; Write-Information 'i' } -WarningAction SilentlyContinue -InformationAction Ignore 3>&1 6>&1 |
            Should -BeNullOrEmpty
    }
}
