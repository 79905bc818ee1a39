# $Orchestration: what the items of a call share, and what a block can know about where it is.
[Diagnostics.CodeAnalysis.SuppressMessageAttribute('PSUseDeclaredVarsMoreThanAssignments', '', Justification = 'BeforeAll and -StateVariable hand variables to other blocks')]
[Diagnostics.CodeAnalysis.SuppressMessageAttribute('PSAvoidGlobalVars', '', Justification = 'That they are put back is what is tested.')]
param()

BeforeAll {
    . (Join-Path $PSScriptRoot 'TestSetup.ps1')
}

Describe 'The facts of $Orchestration' -Tag Semantics {
    It 'are the item, the worker and the attempt' {
        $records = 1..20 | Invoke-ParallelOrchestration -Ordered -PassThru { $Orchestration.Index; $Orchestration.Worker; $Orchestration.Attempt }
        $records.ForEach({ $_.Output[0] }) | Should -Be (0..19)
        $records.ForEach({ $_.Output[1] }) | Should -Be $records.Worker
        $records.ForEach({ $_.Output[2] }) | Should -Be (@(1) * 20)
    }

    It 'count the attempts' {
        1 | Invoke-ParallelOrchestration -RetryCount 2 { if ($Orchestration.Attempt -lt 3) { throw 'again' }; $Orchestration.Attempt } |
            Should -Be 3
    }

    It 'are the item''s own in script blocks, functions, and functions of modules' {
        0..2 | Invoke-ParallelOrchestration -Ordered {
            function Get-Mine { $Orchestration.Index }
            $module = New-Module { function Get-FromModule { $Orchestration.Index } }
            $block = { $Orchestration.Index }
            "$(& $block) $(. $block) $(Get-Mine) $(& $module { Get-FromModule })"
        } | Should -Be '0 0 0 0', '1 1 1 1', '2 2 2 2'
    }

    It 'are there after an item that had its runspace reset' {
        1..3 | Invoke-ParallelOrchestration -ThrottleLimit 1 -Ordered { $global:left = $_; $global:Orchestration.Index; $global:Orchestration = $null } |
            Should -Be 0, 1, 2
    }

    It 'say that no item runs once the call is over' {
        $kept = 1 | Invoke-ParallelOrchestration { , $Orchestration }
        $kept.Index, $kept.Attempt | Should -Be -1, 0
    }

    It 'are those of the inner item in a nested call, and the outer''s through $using:' {
        5..6 | Invoke-ParallelOrchestration -Ordered {
            $outer = $Orchestration
            7..8 | Invoke-ParallelOrchestration -Ordered { "$(($using:outer).Index) $($Orchestration.Index)" }
        } | Should -Be '0 0', '0 1', '1 0', '1 1'
    }

    It 'is not there in the caller''s session' {
        1 | Invoke-ParallelOrchestration { }
        Get-Variable Orchestration -Scope Global -ErrorAction Ignore | Should -BeNullOrEmpty
    }
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

Describe '$Orchestration.Counter and .Bag' -Tag Semantics {
    It 'lose nothing' {
        1..5000 | Invoke-ParallelOrchestration -ThrottleLimit 20 -StateVariable state {
            $null = $Orchestration.Counter('items').Increment()
            $null = $Orchestration.Counter('Sum').Add($_)
            if ($_ % 2) { $Orchestration.Bag('odd').Add($_) }
        } | Should -BeNullOrEmpty
        $state.Counter('items').Value | Should -Be 5000
        $state.Counter('sum').Value | Should -Be (5000 * 5001 / 2)
        $state.Bag('odd').Count | Should -Be 2500
        ($state.Bag('odd').ToArray() | Measure-Object -Sum).Sum | Should -Be (2500 * 2500)
    }

    It 'give each increment its own number' {
        $numbers = 1..1000 | Invoke-ParallelOrchestration -ThrottleLimit 8 { $Orchestration.Counter('next').Increment() }
        $numbers | Sort-Object | Should -Be (1..1000)
    }

    It 'start empty in each call, and are not those of a nested call' {
        foreach ($time in 1, 2) {
            1 | Invoke-ParallelOrchestration {
                1 | Invoke-ParallelOrchestration { $null = $Orchestration.Counter('a').Add(5); $Orchestration.Bag('b').Add(1) }
                "$($Orchestration.Counter('a').Value) $($Orchestration.Bag('b').Count)"
            } | Should -Be '0 0'
        }
    }

    It 'keep what was added, in its order: $null, arrays and objects' {
        $object = [pscustomobject]@{ A = 1 }
        1 | Invoke-ParallelOrchestration -StateVariable state { $b = $Orchestration.Bag('b'); $b.Add($null); $b.Add(@(1, 2)); $b.Add($using:object) }
        $found = $state.Bag('b').ToArray()
        $found.Count | Should -Be 3
        $null -eq $found[0] | Should -BeTrue
        $found[1] | Should -Be 1, 2
        [object]::ReferenceEquals($found[2], $object) | Should -BeTrue
    }
}

Describe '-StateVariable' -Tag Semantics {
    It 'sets a variable in the scope of the caller only' {
        function Get-Total { 1..3 | Invoke-ParallelOrchestration -StateVariable total { $null = $Orchestration.Counter('n').Add($_) }; $total.Counter('n').Value }
        Get-Total | Should -Be 6
        Get-Variable total -ErrorAction Ignore | Should -BeNullOrEmpty
    }

    It 'is set from the start, and stays after an error' {
        { 1..3 | Invoke-ParallelOrchestration -ThrottleLimit 1 -StopOnError -StateVariable state { $null = $Orchestration.Counter('n').Increment(); if ($_ -eq 2) { throw 'no' } } 2>$null } |
            Should -Throw -ErrorId 'StoppedOnFirstFailure*'
        1..3 | Invoke-ParallelOrchestration -ThrottleLimit 1 -QueueCapacity 1 -Ordered -StateVariable state { $null = $Orchestration.Counter('n').Increment(); $_ } |
            ForEach-Object { [bool] ($state.Counter('n').Value -ge $_) } | Should -Be $true, $true, $true
    }

    It 'takes the prefix of a scope' {
        & { 1 | Invoke-ParallelOrchestration -StateVariable script:state { $null = $Orchestration.Counter('n').Increment() } }
        $script:state.Counter('n').Value | Should -Be 1
    }
}

Describe '$Orchestration in a session in ConstrainedLanguage' {
    It 'has its facts, but PowerShell does not call its methods' {
        $state = [initialsessionstate]::CreateDefault2()
        $state.ImportPSModule((Get-ModuleManifestPath))
        $state.LanguageMode = 'ConstrainedLanguage'
        $shell = [powershell]::Create($state)
        try {
            $shell.AddScript('1..2 | Invoke-ParallelOrchestration -Ordered { $Orchestration.Index; $Orchestration.Counter("a") }').Invoke() | Should -Be 0, 1
            $shell.Streams.Error.FullyQualifiedErrorId | Should -Be (@('MethodInvocationNotSupportedInConstrainedLanguage') * 2)
        } finally { $shell.Runspace.Dispose(); $shell.Dispose() }
    }
}
