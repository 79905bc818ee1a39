# Calls in items of calls: they share the workers of the process, wait for each other and cannot starve.
[Diagnostics.CodeAnalysis.SuppressMessageAttribute('PSUseDeclaredVarsMoreThanAssignments', '', Justification = 'BeforeAll and -ForEach hand variables to other blocks')]
param()

BeforeAll {
    . (Join-Path $PSScriptRoot 'TestSetup.ps1')
    $cmdlet = 'OrchestrationEngine.PowerShell.Cmdlets.InvokeParallelOrchestrationCommand'

    # Calls itself with the item as the number of calls still to come.
    $recursive = {
        param($Depth)
        $text = 'if ($_ -le 1) { "bottom" } else { $text = $using:text; ($_ - 1) | Invoke-ParallelOrchestration -ThrottleLimit 1 ([scriptblock]::Create($text)) }'
        $Depth | Invoke-ParallelOrchestration -ThrottleLimit 1 ([scriptblock]::Create($text)) 2>&1
    }
}

Describe 'Nested calls' {
    It 'run 4 by 4, all 16 at once' {
        Invoke-WithLimit {
            $all = [Threading.CountdownEvent]::new(16)
            1..4 | Invoke-ParallelOrchestration -ThrottleLimit 4 {
                $outer, $all = $_, $using:all
                1..4 | Invoke-ParallelOrchestration -ThrottleLimit 4 { $null = ($using:all).Signal(); "$using:outer$_ $(($using:all).Wait(30000))" }
            } | Sort-Object
        } | Should -Be @(foreach ($a in 1..4) { foreach ($b in 1..4) { "$a$b True" } })
    }

    It 'run when each level has one worker' {
        Invoke-WithLimit {
            1..3 | Invoke-ParallelOrchestration -ThrottleLimit 1 -Ordered {
                $outer = $_
                1..3 | Invoke-ParallelOrchestration -ThrottleLimit 1 -Ordered { "$using:outer$_" }
            }
        } | Should -Be '11', '12', '13', '21', '22', '23', '31', '32', '33'
    }

    It 'run three deep' {
        Invoke-WithLimit {
            1..3 | Invoke-ParallelOrchestration -ThrottleLimit 3 {
                $a = $_
                1..3 | Invoke-ParallelOrchestration -ThrottleLimit 3 {
                    $b = "$using:a$_"
                    1..3 | Invoke-ParallelOrchestration -ThrottleLimit 3 { "$using:b$_" }
                }
            } | Sort-Object
        } | Should -Be @(foreach ($a in 1..3) { foreach ($b in 1..3) { foreach ($c in 1..3) { "$a$b$c" } } })
    }

    It 'hand errors, warnings and information up' {
        $found = Invoke-WithLimit {
            1 | Invoke-ParallelOrchestration { 1 | Invoke-ParallelOrchestration { 'o'; Write-Error e; Write-Warning w; Write-Host h; throw 't' } } *>&1
        }
        $found | Get-StreamText | Should -Be 'output o', 'error e', 'warning w', 'information h', 'error t'
    }

    It 'may be 32 deep, and are refused beyond' {
        Invoke-WithLimit $recursive 32 | Should -Be 'bottom'
        $refused = Invoke-WithLimit $recursive 33
        $refused.FullyQualifiedErrorId | Should -Be "NestedTooDeep,$cmdlet"
        $refused.CategoryInfo.Category | Should -Be 'LimitsExceeded'
    }

    It 'do not count calls that are over' {
        Invoke-WithLimit {
            1 | Invoke-ParallelOrchestration -ThrottleLimit 1 { foreach ($i in 1..40) { 1 | Invoke-ParallelOrchestration -ThrottleLimit 1 { $_ } } } | Measure-Object | ForEach-Object Count
        } | Should -Be 40
    }

    It 'end when the item that called them times out' {
        $stopped = [Threading.ManualResetEventSlim]::new()
        Invoke-WithLimit {
            param($Stopped)
            1 | Invoke-ParallelOrchestration -ItemTimeoutSeconds 1 -PassThru {
                $stopped = $using:Stopped
                1 | Invoke-ParallelOrchestration { try { Start-Sleep -Seconds 600 } finally { ($using:stopped).Set() } }
            }
        } (, $stopped) | ForEach-Object Status | Should -Be 'TimedOut'
        $stopped.Wait(30000) | Should -BeTrue
    }

    It 'work in ForEach-Object -Parallel, and it in them' {
        Invoke-WithLimit {
            param($Manifest)
            1..3 | ForEach-Object -Parallel { Import-Module $using:Manifest; "a$_" | Invoke-ParallelOrchestration { "$_!" } } | Sort-Object
            1..3 | Invoke-ParallelOrchestration { $_ | ForEach-Object -Parallel { "b$_" } } | Sort-Object
        } (Get-ModuleManifestPath) | Should -Be 'a1!', 'a2!', 'a3!', 'b1', 'b2', 'b3'
    }

    It 'may import the module again' {
        Invoke-WithLimit {
            param($Manifest)
            1, 2 | Invoke-ParallelOrchestration -Ordered -ThrottleLimit 1 { Import-Module $using:Manifest; "$_" | Invoke-ParallelOrchestration { "<$_>" } }
        } (Get-ModuleManifestPath) | Should -Be '<1>', '<2>'
    }
}
