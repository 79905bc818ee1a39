# PowerShell-RFC#194, P#11478: a giant input is queued as a whole, and memory grows.
BeforeAll { . (Join-Path $PSScriptRoot '../TestSetup.ps1') }

Describe 'A slow consumer' {
    It 'slows the producer' {
        $read = [Collections.Generic.List[int]]::new()
        $first = 1..100000 | ForEach-Object { $read.Add($_); $_ } |
            Invoke-ParallelOrchestration -QueueCapacity 20 -ThrottleLimit 2 { $_; Start-Sleep -Milliseconds 5 } | Select-Object -First 5
        $first.Count | Should -Be 5
        $read.Count | Should -BeLessThan 100
    }
}
