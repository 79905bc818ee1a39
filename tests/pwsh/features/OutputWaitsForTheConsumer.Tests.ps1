# Feature: items wait for a slow consumer, so output does not pile up.
BeforeAll { . (Join-Path $PSScriptRoot '../TestSetup.ps1') }

Describe 'A consumer that does not go on' {
    It 'makes an item wait that puts out more than -QueueCapacity' {
        Invoke-WithLimit {
            $put = [Threading.CountdownEvent]::new(100000)
            1 | Invoke-ParallelOrchestration -QueueCapacity 10 { foreach ($n in 1..100000) { $n; $null = ($using:put).Signal() } } |
                ForEach-Object { if ($_ -eq 1) { Start-Sleep -Milliseconds 200; $put.InitialCount - $put.CurrentCount -lt 1000 }; $last = $_ }
            $last
        } | Should -Be $true, 100000
    }
}
