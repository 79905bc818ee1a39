# $Orchestration.Lock: one item at a time, whatever ends the block or the wait for it.
[Diagnostics.CodeAnalysis.SuppressMessageAttribute('PSUseDeclaredVarsMoreThanAssignments', '', Justification = 'BeforeAll hands variables to other blocks')]
param()

BeforeAll {
    . (Join-Path $PSScriptRoot 'TestSetup.ps1')
}

Describe '$Orchestration.Lock' -Tag Semantics {
    It 'lets 200 workers count to 10,000 in one variable, one at a time' {
        $shared = @{ Count = 0 }
        Invoke-WithLimit -ArgumentList $shared -LimitSeconds 120 {
            param($shared)
            1..10000 | Invoke-ParallelOrchestration -ThrottleLimit 200 {
                $Orchestration.Lock('count', { $now = ($using:shared).Count; ($using:shared).Count = $now + 1 })
            }
        } | Should -BeNullOrEmpty
        $shared.Count | Should -Be 10000
    }

    It 'shows its block $_, $using: and the variables of the item' {
        $factor = 10
        1..3 | Invoke-ParallelOrchestration -Ordered { $mine = 100; $Orchestration.Lock('a', { $_ * $using:factor + $mine }) } |
            Should -Be 110, 120, 130
    }

    It 'gives the output of its block: <Name>' -ForEach @(
        @{ Name = 'nothing'; Block = { @($Orchestration.Lock('a', { })).Count }; Expected = 0 }
        @{ Name = '$null'; Block = { @($Orchestration.Lock('a', { $null })).Count }; Expected = 1 }
        @{ Name = 'one'; Block = { $Orchestration.Lock('a', { 'x' }).GetType().Name }; Expected = 'String' }
        @{ Name = 'several'; Block = { $Orchestration.Lock('a', { 1; 2 }).GetType().Name }; Expected = 'Object[]' }
        @{ Name = 'an array as one'; Block = { $Orchestration.Lock('a', { , (1, 2) }).Count }; Expected = 2 }
    ) {
        1 | Invoke-ParallelOrchestration $Block | Should -Be $Expected
    }

    It 'writes the other streams at once' {
        1 | Invoke-ParallelOrchestration { $Orchestration.Lock('a', { 'o'; Write-Error e; Write-Warning w; Write-Host h }); 'end' } *>&1 | Get-StreamText |
            Should -Be 'error e', 'warning w', 'information h', 'output o', 'output end'
    }

    It 'can be redirected like a statement' {
        1 | Invoke-ParallelOrchestration { $Orchestration.Lock('a', { Write-Error e; 'o' }) 2>$null } *>&1 | Get-StreamText |
            Should -Be 'output o'
    }

    It 'lets an error of its block out as it is' {
        $record = 1 | Invoke-ParallelOrchestration -PassThru { $Orchestration.Lock('a', { Get-Item no-such-place -ErrorAction Stop }) }
        $record.Status | Should -Be Failed
        $record.Errors.FullyQualifiedErrorId | Should -Be 'PathNotFound,Microsoft.PowerShell.Commands.GetItemCommand'
        $record.Errors.Exception | Should -BeOfType Management.Automation.ItemNotFoundException
    }

    It 'lets a throw out to a catch of its type, and to the end of the item' {
        1..2 | Invoke-ParallelOrchestration -Ordered {
            try { $Orchestration.Lock('a', { if ($_ -eq 1) { throw [IO.IOException]::new('mine') } else { throw 'text' } }) }
            catch [IO.IOException] { "caught $($_.Exception.GetType().Name) $_" }
        } *>&1 | Get-StreamText | Should -Be 'output caught IOException mine', 'error text'
    }

    It 'is free again after an error, exit, break and return' {
        1..5 | Invoke-ParallelOrchestration -ThrottleLimit 1 -Ordered {
            $Orchestration.Lock('a', { switch ($_) { 1 { throw 'no' } 2 { exit 3 } 3 { break } 4 { return } }; 'free' })
        } 2>$null | Should -Be 'free', 'free'
        Invoke-WithLimit {
            1..8 | Invoke-ParallelOrchestration -ThrottleLimit 4 -StateVariable state {
                $Orchestration.Lock('a', { $null = $Orchestration.Counter('in').Increment(); switch ($_ % 4) { 1 { throw 'no' } 2 { exit 3 } 3 { break } } })
            } 2>$null
            $state.Counter('in').Value
        } | Should -Be 8
    }

    It 'can be taken again by the item that has it, under a name in any case' {
        Invoke-WithLimit { 1..4 | Invoke-ParallelOrchestration { $Orchestration.Lock('name', { $Orchestration.Lock('NAME', { 'in' }) }) } } |
            Should -Be (@('in') * 4)
    }

    It 'of one name does not wait for that of another' {
        Invoke-WithLimit {
            $both = [Threading.Barrier]::new(2)
            'a', 'b' | Invoke-ParallelOrchestration -ThrottleLimit 2 { $Orchestration.Lock($_, { ($using:both).SignalAndWait(30000) }) }
        } | Should -Be $true, $true
    }

    It 'of a nested call is another one, unless the outer object is handed in' {
        Invoke-WithLimit {
            1 | Invoke-ParallelOrchestration {
                $Orchestration.Lock('a', { 1..2 | Invoke-ParallelOrchestration { $Orchestration.Lock('a', { 'own' }) } })
                $outer = $Orchestration
                1..50 | Invoke-ParallelOrchestration -ThrottleLimit 8 { ($using:outer).Lock('a', { $null = ($using:outer).Counter('n').Increment() }) }
                $Orchestration.Counter('n').Value
            }
        } | Should -Be 'own', 'own', 50
    }

    It 'wants a name' {
        1 | Invoke-ParallelOrchestration { $Orchestration.Lock('', { 1 }) } *>&1 | Get-StreamText | Should -BeLike 'error *empty*name*'
    }
}

Describe 'Waiting for a lock' -Tag Semantics {
    BeforeAll {
        # Item 1 has the lock until it is released, and does not hear of stops; the others wait for it.
        $script = {
            param($held, $waiting, $release, $options)
            1..4 | Invoke-ParallelOrchestration -ThrottleLimit 4 @options {
                if ($_ -eq 1) {
                    $Orchestration.Lock('a', { ($using:held).Set(); ($using:release).Wait() })
                } else {
                    $null = ($using:held).Wait(30000)
                    $null = ($using:waiting).Signal()
                    $Orchestration.Lock('a', { 'got it' })
                }
            }
        }
        function New-EventSet { [Threading.ManualResetEventSlim]::new(), [Threading.CountdownEvent]::new(3), [Threading.ManualResetEventSlim]::new() }
    }

    It 'ends at once when the call is stopped' {
        $held, $waiting, $release = New-EventSet
        $session = Start-Session $script $held, $waiting, $release, @{}
        try {
            $waiting.Wait(30000) | Should -BeTrue
            Stop-Session $session | Should -Be 'Stopped'
        } finally { $release.Set() }
        Wait-Until { -not (Get-OrchestrationPool | Where-Object { $_.Running -or $_.Counters.OpenQueues }) } | Should -BeTrue
    }

    It 'ends by <Option>' -ForEach @(
        @{ Option = 'ItemTimeoutSeconds'; Options = @{ ItemTimeoutSeconds = 0.5; PassThru = $true }; Expected = @('TimedOut') * 4 }
        @{ Option = 'TimeoutSeconds'; Options = @{ TimeoutSeconds = 0.5; PassThru = $true; ErrorAction = 'Stop' }; Expected = @('TimedOut') * 4 }
    ) {
        $held, $waiting, $release = New-EventSet
        $guarded = {
            param($text, $list)
            try { & ([scriptblock]::Create($text)) @list | ForEach-Object { "$($_.Status)" } } catch { "$($_.FullyQualifiedErrorId)" }
        }
        try {
            $found = Invoke-WithLimit -LimitSeconds 30 $guarded "$script", ($held, $waiting, $release, $Options)
        } finally { $release.Set() }
        @($found | Where-Object { $_ -notlike 'CallTimedOut*' }) | Should -Be $Expected
    }

    It 'on a thread that is no worker ends when that is stopped' {
        $waiting, $ended = [Threading.ManualResetEventSlim]::new(), [Threading.ManualResetEventSlim]::new()
        $session = Start-Session {
            param($waiting, $ended)
            1 | Invoke-ParallelOrchestration {
                $outer, $waiting, $ended = $Orchestration, $using:waiting, $using:ended
                $Orchestration.Lock('a', {
                        1 | ForEach-Object -Parallel {
                            try { ($using:waiting).Set(); ($using:outer).Lock('a', { }) } finally { ($using:ended).Set() }
                        }
                    })
            }
        } $waiting, $ended
        $waiting.Wait(30000) | Should -BeTrue
        Stop-Session $session | Should -Be 'Stopped'
        $ended.Wait(30000) | Should -BeTrue
    }
}
