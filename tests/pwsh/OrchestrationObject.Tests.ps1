# $Orchestration: what the items of a call share, and what a block can know about where it is.
[Diagnostics.CodeAnalysis.SuppressMessageAttribute('PSUseDeclaredVarsMoreThanAssignments', '', Justification = '-StateVariable hands variables to other blocks')]
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
        $shell = New-Shell ConstrainedLanguage
        try {
            $shell.AddScript('1..2 | Invoke-ParallelOrchestration -Ordered { $Orchestration.Index; $Orchestration.Counter("a") }').Invoke() | Should -Be 0, 1
            $shell.Streams.Error.FullyQualifiedErrorId | Should -Be (@('MethodInvocationNotSupportedInConstrainedLanguage') * 2)
        } finally { Remove-Shell $shell }
    }
}
