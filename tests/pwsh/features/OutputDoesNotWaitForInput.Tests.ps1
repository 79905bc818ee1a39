# Feature: output arrives while the input is slow.
BeforeAll { . (Join-Path $PSScriptRoot '../TestSetup.ps1') }

Describe 'Output of an item' {
    # The second input comes only when the output of the first has been seen.
    It 'arrives before the next input, which a worker makes' {
        Invoke-WithLimit {
            $seen = [Threading.ManualResetEventSlim]::new()
            Invoke-ParallelOrchestration -InputScript { 'a'; if (($using:seen).Wait(30000)) { 'b' } } { "got $_" } | ForEach-Object { $_; $seen.Set() }
        } | Should -Be 'got a', 'got b'
    }

    It 'arrives at the next input of the pipeline, though that goes on' {
        Invoke-WithLimit {
            $seen = [Collections.Generic.List[string]]::new()
            & { while ($seen.Count -lt 3) { 'x' } } | Invoke-ParallelOrchestration -QueueCapacity 10 { $_ } | ForEach-Object { $seen.Add($_) }
            $seen.Count -ge 3
        } | Should -Be $true
    }
}
