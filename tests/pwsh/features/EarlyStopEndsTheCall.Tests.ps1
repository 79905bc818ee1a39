# Feature: Select-Object -First ends the call, and leaves no runspace behind.
BeforeAll { . (Join-Path $PSScriptRoot '../TestSetup.ps1') }

Describe 'Select-Object -First' {
    It 'ends items that would run on, and an endless input' {
        Invoke-WithLimit {
            & { for ($i = 1; ; $i++) { $i } } | Invoke-ParallelOrchestration -Ordered { if ($_ -gt 2) { Start-Sleep -Seconds 600 }; $_ } | Select-Object -First 2
        } | Should -Be 1, 2
    }

    It 'leaves no worker with an item, 50 times' {
        $pool = Get-FullLanguagePool
        Invoke-WithLimit { foreach ($time in 1..50) { $null = 1..100 | Invoke-ParallelOrchestration { $_ } | Select-Object -First 1 } }
        Wait-Until { (Get-PlainPool).Running -eq 0 } | Should -BeTrue
        (Get-PlainPool).Abandoned | Should -Be $pool.Abandoned
    }
}
