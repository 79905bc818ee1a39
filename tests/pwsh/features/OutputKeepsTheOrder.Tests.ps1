# Feature: output in the order of the input, for single items, batches and jobs.
BeforeAll { . (Join-Path $PSScriptRoot '../TestSetup.ps1') }

Describe 'The order of the input' {
    # Each item but the last waits for the one after it, so that they end the wrong way round.
    BeforeAll {
        $backwards = {
            param($Parameters)
            $ended = 1..4 | ForEach-Object { [Threading.ManualResetEventSlim]::new($_ -eq 4) }
            1..3 | Invoke-ParallelOrchestration -ThrottleLimit 3 @Parameters {
                $n = [int] "$_"
                $null = ($using:ended)[$n].Wait(30000)
                "item $n"
                ($using:ended)[$n - 1].Set()
            }
        }
    }

    It 'is kept: <Name>' -ForEach @(
        @{ Name = '-Ordered'; Parameters = @{ Ordered = $true } }
        @{ Name = '-Ordered -BatchSize'; Parameters = @{ Ordered = $true; BatchSize = 1 } }
    ) {
        Invoke-WithLimit $backwards $Parameters | Should -Be 'item 1', 'item 2', 'item 3'
    }

    It 'is kept by Receive-Job' {
        $job = Invoke-WithLimit $backwards @{ AsJob = $true }
        $null = Wait-Job $job -Timeout 30
        $job | Receive-Job | Should -Be 'item 1', 'item 2', 'item 3'
    }
}
