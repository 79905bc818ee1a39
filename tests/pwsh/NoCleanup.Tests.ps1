# -NoCleanup leaves what items set in their runspace for those after them, within one call.
[Diagnostics.CodeAnalysis.SuppressMessageAttribute('PSAvoidGlobalVars', '', Justification = 'What outlives an item is tested')]
param()

BeforeAll {
    . (Join-Path $PSScriptRoot 'TestSetup.ps1')
}

Describe '-NoCleanup' {
    It 'keeps global variables from item to item of a worker' {
        1..3 | Invoke-ParallelOrchestration -ThrottleLimit 1 -NoCleanup { $global:oeCount++; $global:oeCount } | Should -Be 1, 2, 3
    }

    It 'is needed for that' {
        1..3 | Invoke-ParallelOrchestration -ThrottleLimit 1 { $global:oeCount++; $global:oeCount } | Should -Be 1, 1, 1
    }

    It 'keeps the location' {
        $places = 1..2 | Invoke-ParallelOrchestration -ThrottleLimit 1 -NoCleanup { "$PWD"; Set-Location ([IO.Path]::GetTempPath()) }
        $places[0] | Should -Be "$PWD"
        (Get-Item $places[1]).FullName.TrimEnd('/', '\') | Should -Be ([IO.Path]::GetTempPath().TrimEnd('/', '\'))
    }

    It 'goes on after an item that failed' {
        1..3 | Invoke-ParallelOrchestration -ThrottleLimit 1 -NoCleanup { $global:oeCount++; if ($_ -eq 2) { throw 'two' }; $global:oeCount } 2>$null | Should -Be 1, 3
    }

    It 'starts clean behind an item that was stopped by its time limit' {
        $records = 1..3 | Invoke-ParallelOrchestration -ThrottleLimit 1 -NoCleanup -PassThru -ItemTimeoutSeconds 1 {
            $global:oeCount++
            if ($_ -eq 2) { Start-Sleep -Seconds 60 }
            $global:oeCount
        }
        $records.Status | Should -Be Succeeded, TimedOut, Succeeded
        $records[2].Output | Should -Be 1
    }

    It 'leaves nothing for the next call' {
        1..2 | Invoke-ParallelOrchestration -ThrottleLimit 1 -NoCleanup { $global:oeCount++; Set-Location / } | Out-Null
        1..2 | Invoke-ParallelOrchestration -ThrottleLimit 1 -NoCleanup { "$global:oeCount $PWD" } | Should -Be " $PWD", " $PWD"
    }
}
