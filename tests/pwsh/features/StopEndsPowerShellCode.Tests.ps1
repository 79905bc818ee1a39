# Feature: a stop, such as Ctrl+C, ends what runs, and finally blocks run.
BeforeAll { . (Join-Path $PSScriptRoot '../TestSetup.ps1') }

Describe 'A stop' {
    It 'ends items that run PowerShell code, and their finally' {
        $log = [Collections.Concurrent.ConcurrentQueue[string]]::new()
        $session = Start-Session -ArgumentList (, $log) {
            param($log)
            1..2 | Invoke-ParallelOrchestration -ThrottleLimit 2 { try { ($using:log).Enqueue('running'); while ($true) { } } finally { ($using:log).Enqueue('finally') } }
        }
        Wait-Until { $log.Count -eq 2 } | Should -BeTrue
        Stop-Session $session | Should -Be Stopped
        Wait-Until { $log.Count -eq 4 } | Should -BeTrue
        $log.ToArray() | Should -Be 'running', 'running', 'finally', 'finally'
    }
}
