# Methods of a PowerShell class run in the runspace that defined it, whoever calls them; nothing hangs or gets lost.
[Diagnostics.CodeAnalysis.SuppressMessageAttribute('PSUseDeclaredVarsMoreThanAssignments', '', Justification = 'BeforeAll and -ForEach hand variables to other blocks')]
param()

BeforeAll {
    . (Join-Path $PSScriptRoot 'TestSetup.ps1')

    # The classes are defined in the session that makes the call, as in a script.
    $counter = @'
class Counter {
    [int] $Value = 0
    [string] Next() { $this.Value++; return "$($this.Value) $([Environment]::CurrentManagedThreadId)" }
}
'@
    function Invoke-Text($Text) { Invoke-WithLimit -LimitSeconds 120 { param($Text) & ([scriptblock]::Create($Text)) } $Text }
}

Describe 'An instance of a PowerShell class' {
    It 'through $using: gives 1,000 right values for 1,000 calls at ThrottleLimit 8, on the thread of the caller' {
        $found = Invoke-Text "$counter
            `$counter = [Counter]::new()
            `"caller `$([Environment]::CurrentManagedThreadId)`"
            1..1000 | Invoke-ParallelOrchestration -ThrottleLimit 8 { (`$using:counter).Next() }"
        $caller = $found[0].Split(' ')[1]
        $found[1..1000] | Sort-Object { [int] $_.Split(' ')[0] } | Should -Be (1..1000).ForEach({ "$_ $caller" })
        $found.Count | Should -Be 1001
    }

    It 'is answered while many items are still read' {
        # Reading them takes longer than PowerShell waits (250 ms) before it runs a method on the wrong thread.
        Invoke-Text "$counter
            `$counter = [Counter]::new()
            1..400000 | Invoke-ParallelOrchestration -QueueCapacity 1000000 -ThrottleLimit 2 { if (`$_ -eq 1) { (`$using:counter).Next() } } |
                ForEach-Object { `$_ -eq `"1 `$([Environment]::CurrentManagedThreadId)`" }" | Should -BeTrue
    }

    It 'as an item answers its methods: <Name>' -ForEach @(
        @{ Name = 'alone'; Items = '1..50 | ForEach-Object { [Counter]::new() }'; Item = '$_.Next()' }
        @{ Name = 'in a list'; Items = '1..50 | ForEach-Object { , @([Counter]::new(), 1) }'; Item = '$_[0].Next()' }
        @{ Name = 'in a hashtable'; Items = '1..50 | ForEach-Object { @{ Of = [Counter]::new() } }'; Item = '$_.Of.Next()' }
        @{ Name = 'in a custom object'; Items = '1..50 | ForEach-Object { [pscustomobject]@{ Of = [Counter]::new() } }'; Item = '$_.Of.Next()' }
    ) {
        $found = Invoke-Text "$counter; $Items | Invoke-ParallelOrchestration -ThrottleLimit 4 { $Item }"
        $found.ForEach({ $_.Split(' ')[0] }) | Should -Be (@('1') * 50)
    }

    It 'that is the result of an item can be used after the call' {
        Invoke-Text "$counter; `$made = 1..4 | Invoke-ParallelOrchestration { [Counter]::new() }; `$made.ForEach({ `$_.Next().Split(' ')[0] })" |
            Should -Be '1', '1', '1', '1'
    }

    It 'that is made in an item works there, on its own thread' {
        $found = Invoke-Text "$counter; 1..8 | Invoke-ParallelOrchestration -ThrottleLimit 4 { `$c = [Counter]::new(); `$null = `$c.Next(); `$c.Next().Split(' ')[0] }"
        $found | Should -Be (@('2') * 8)
    }

    It 'reaches the properties, from any thread' {
        Invoke-Text "$counter
            `$counter = [Counter]::new(); `$counter.Value = 41
            1..100 | Invoke-ParallelOrchestration -ThrottleLimit 4 { (`$using:counter).Value + 1 } | Select-Object -Unique" | Should -Be 42
    }

    It 'can write, throw and call its other methods' {
        $found = Invoke-Text @'
class Worker {
    [string] Do([int] $n) { if ($n -eq 3) { throw "bad $n" }; Write-Host "host $n"; return $this.Inner($n) }
    [string] Inner([int] $n) { return "done $n" }
}
$worker = [Worker]::new()
1..4 | Invoke-ParallelOrchestration -ThrottleLimit 2 -Ordered { ($using:worker).Do($_) } 2>&1 | ForEach-Object { "$_" }
'@
        $found | Should -Be 'done 1', 'done 2', 'bad 3', 'done 4'
    }

    It 'does not keep a stop from ending the call' {
        $entered = [Threading.ManualResetEventSlim]::new()
        $session = Start-Session {
            param($Text, $Entered)
            & ([scriptblock]::Create($Text)) $Entered
        } @'
param($Entered)
class Sleeper { [void] Sleep($entered) { $entered.Set(); while ($true) { } } }
$sleeper = [Sleeper]::new()
1..3 | Invoke-ParallelOrchestration -ThrottleLimit 2 { ($using:sleeper).Sleep($using:Entered) }
'@, $entered
        $entered.Wait(30000) | Should -BeTrue
        Stop-Session $session | Should -Be 'Stopped'
    }
}

Describe 'A class in a block that is made of text' {
    BeforeAll {
        # Eight workers are warm, and so begin at once. Each class knows itself, whichever worker made it.
        $before = '$barrier = [Threading.Barrier]::new(8); 1..8 | Invoke-ParallelOrchestration -ThrottleLimit 8 { $null = ($using:barrier).SignalAndWait(30000) }'
        $text = 'class Own@ { [int] $X; [Own@] Make() { $made = [Own@]::new(); $made.X = 1; return $made } }; if ([Own@]::new().Make() -is [Own@]) { $_ }'
    }

    It 'is the item''s own: <Name>' -ForEach @(
        @{ Name = 'a block'; Define = { param($it) [scriptblock]::Create($it) } }
        @{ Name = 'a filter'; Define = { param($it) . ([scriptblock]::Create("filter Get-OeOwn { $it }")); ${function:Get-OeOwn} } }
    ) {
        Invoke-WithLimit -LimitSeconds 120 -ArgumentList $before, $text, "$Define" {
            param($before, $text, $define)
            & ([scriptblock]::Create($before))
            foreach ($time in 1..10) {
                $block = & ([scriptblock]::Create($define)) $text.Replace('@', $time)
                "$(1..16 | Invoke-ParallelOrchestration -Ordered -ThrottleLimit 8 $block 2>&1)"
            }
        } | Should -Be (@("$(1..16)") * 10)
    }
}

Describe 'An instance of a class with [NoRunspaceAffinity()]' {
    It 'runs its methods in parallel, on the threads of the items' {
        $found = Invoke-Text @'
[NoRunspaceAffinity()] class Meeting {
    [Threading.Barrier] $Barrier = [Threading.Barrier]::new(4)
    [bool] Meet() { return $this.Barrier.SignalAndWait(30000) }
}
$meeting = [Meeting]::new()
1..8 | Invoke-ParallelOrchestration -ThrottleLimit 4 { ($using:meeting).Meet() }
'@
        $found | Should -Be (@($true) * 8)
    }

    It 'as an item runs beside other items' {
        $found = Invoke-Text @'
[NoRunspaceAffinity()] class Guest { [bool] Meet($barrier) { return $barrier.SignalAndWait(30000) } }
$barrier = [Threading.Barrier]::new(3)
1..6 | ForEach-Object { [Guest]::new() } | Invoke-ParallelOrchestration -ThrottleLimit 3 { $_.Meet($using:barrier) }
'@
        $found | Should -Be (@($true) * 6)
    }

    It 'is not looked for among the millions of bytes of an item' {
        $assembly = (Get-Command Invoke-ParallelOrchestration).ImplementingType.Assembly
        $isBound = $assembly.GetType('OrchestrationEngine.PowerShell.Runspaces.ClassAffinity').GetMethod('IsBound', [Reflection.BindingFlags] 'Static, NonPublic')
        $bytes = [object[]] @(, [byte[]]::new(10000000))
        # What the calls themselves cost, once, is less than a byte for each of them; a look at each cost 24.
        $before = [GC]::GetAllocatedBytesForCurrentThread()
        $found = $isBound.Invoke($null, $bytes)
        $cost = [GC]::GetAllocatedBytesForCurrentThread() - $before
        $found | Should -BeFalse
        $cost | Should -BeLessThan 10000000
    }
}
