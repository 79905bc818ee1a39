# P#16507, P#17235, PoshRSJob#213: Ctrl+C and time limits wait for what runs.
BeforeAll { . (Join-Path $PSScriptRoot '../TestSetup.ps1') }

Describe 'A blocking .NET call' {
    It 'does not hold up the time limit of the call' {
        Invoke-WithLimit -LimitSeconds 30 {
            try { 1 | Invoke-ParallelOrchestration -TimeoutSeconds 1 { [Threading.Thread]::Sleep(100000) } -ErrorAction SilentlyContinue }
            catch [TimeoutException] { 'ended' }
        } | Should -Be 'ended'
    }

    It 'does not hold up a stop' {
        $started = [Threading.ManualResetEventSlim]::new()
        $session = Start-Session -ArgumentList $started {
            param($started)
            1 | Invoke-ParallelOrchestration { ($using:started).Set(); [Threading.Thread]::Sleep(100000) }
        }
        $started.Wait(30000) | Should -BeTrue
        Stop-Session $session -LimitSeconds 30 | Should -Be Stopped
    }
}
