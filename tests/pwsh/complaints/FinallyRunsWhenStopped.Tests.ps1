# P#24901: finally is cut short when a call is stopped after it wrote to a stream.
BeforeAll { . (Join-Path $PSScriptRoot '../TestSetup.ps1') }

Describe 'finally in an item that is stopped' {
    It 'runs to its end, also after it wrote to streams' {
        $log = [Collections.Concurrent.ConcurrentQueue[string]]::new()
        $null = 1 | Invoke-ParallelOrchestration {
            try { 'out'; Start-Sleep -Seconds 60 }
            finally { Write-Verbose 'cleaning' -Verbose; ($using:log).Enqueue('first'); ($using:log).Enqueue('last') }
        } | Select-Object -First 1
        Wait-Until { $log.Count -eq 2 } | Should -BeTrue
        $log.ToArray() | Should -Be 'first', 'last'
    }
}
