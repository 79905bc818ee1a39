# Feature: a stop or a time limit does not wait for a .NET call that cannot be stopped.
BeforeAll { . (Join-Path $PSScriptRoot '../TestSetup.ps1') }

Describe 'A .NET call that cannot be stopped' {
    It 'does not hold up <Name>' -ForEach @(
        @{ Name = '-TimeoutSeconds'; Expected = 'CallTimedOut'; Call = {
                try { 1 | Invoke-ParallelOrchestration -TimeoutSeconds 0.5 { [Threading.Thread]::Sleep(600000) } -ErrorAction SilentlyContinue } catch { $_.FullyQualifiedErrorId -replace ',.*' }
            }
        }
        @{ Name = '-ItemTimeoutSeconds'; Expected = 'TimedOut', 'Succeeded'; Call = {
                1, 2 | Invoke-ParallelOrchestration -Ordered -PassThru -ThrottleLimit 1 -ItemTimeoutSeconds 0.5 { if ($_ -eq 1) { [Threading.Thread]::Sleep(600000) } } | ForEach-Object { "$($_.Status)" }
            }
        }
        @{ Name = 'ForEach-Object -Parallel -TimeoutSeconds'; Expected = 'ItemTimedOut', 'CallTimedOut'; Call = {
                Enable-ParallelForEachObject
                1 | ForEach-Object -TimeoutSeconds 1 -Parallel { [Threading.Thread]::Sleep(600000) } 2>&1 | ForEach-Object { $_.FullyQualifiedErrorId -replace ',.*' }
            }
        }
    ) {
        Invoke-WithLimit -LimitSeconds 60 $Call | Should -Be $Expected
    }

    It 'does not hold up Ctrl+C' {
        $started = [Threading.ManualResetEventSlim]::new()
        $session = Start-Session -ArgumentList $started { param($started) 1 | Invoke-ParallelOrchestration { ($using:started).Set(); [Threading.Thread]::Sleep(600000) } }
        $started.Wait(30000) | Should -BeTrue
        Stop-Session $session | Should -Be Stopped
    }
}
