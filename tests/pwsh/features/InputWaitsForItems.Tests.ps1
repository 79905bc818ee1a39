# Feature: input is not read faster than items run.
BeforeAll { . (Join-Path $PSScriptRoot '../TestSetup.ps1') }

Describe 'Input' {
    It 'is read as far as -QueueCapacity, the running items and one more' {
        Invoke-WithLimit {
            $read = [Collections.Generic.List[int]]::new()
            $first = 1..1000000 | ForEach-Object { $read.Add($_); $_ } | Invoke-ParallelOrchestration -ThrottleLimit 2 -QueueCapacity 10 -Ordered { $_; if ($_ -eq 3) { Start-Sleep -Seconds 600 } } | Select-Object -First 2
            $first
            $read.Count -lt 50
        } | Should -Be 1, 2, $true
    }
}
