# Items in = records out, whatever the items are and however many.
BeforeAll {
    . (Join-Path $PSScriptRoot 'TestSetup.ps1')
}

Describe 'Invoke-ParallelOrchestration and its items' -Tag Semantics {
    It 'gives one output for each of <_> items' -ForEach 0, 1, 7, 100000 {
        $numbers = [Linq.Enumerable]::Range(0, $_)
        [int[]] $found = @($numbers | Invoke-ParallelOrchestration -ThrottleLimit 4 { $_ * 2 })
        [array]::Sort($found)
        [int[]] $expected = @($numbers | ForEach-Object { $_ * 2 })
        [Linq.Enumerable]::SequenceEqual($found, $expected) | Should -BeTrue
    }

    It 'gives one record for each of <_> items with -PassThru' -ForEach 0, 1, 7, 20000 {
        $numbers = [Linq.Enumerable]::Range(0, $_)
        $records = @($numbers | Invoke-ParallelOrchestration -ThrottleLimit 4 -PassThru { $_ * 2 })
        [long[]] $indexes = @($records | ForEach-Object Index)
        [array]::Sort($indexes)
        [Linq.Enumerable]::SequenceEqual($indexes, [long[]] @($numbers)) | Should -BeTrue
        @($records | Where-Object { $_.Status -ne 'Succeeded' -or $_.Input -ne $_.Index -or $_.Output[0] -ne 2 * $_.Index }) |
            Should -BeNullOrEmpty
    }

    It 'runs nothing for an empty pipeline' {
        $ran = [Collections.Concurrent.ConcurrentBag[int]]::new()
        @() | Invoke-ParallelOrchestration { ($using:ran).Add(1) }
        $ran.Count | Should -Be 0
    }

    It 'runs once, with $null, without pipeline input' {
        Invoke-ParallelOrchestration { "[$_]"; $null -eq $_ } | Should -Be '[]', $true
    }

    It 'runs $null items, which do not see the item before' {
        1, $null, 2, $null | Invoke-ParallelOrchestration -ThrottleLimit 1 -Ordered { "[$_]" } |
            Should -Be '[1]', '[]', '[2]', '[]'
    }

    It 'takes <Name> as one item' -ForEach @(
        @{ Name = 'an array by -InputObject'; Call = { Invoke-ParallelOrchestration -InputObject 1, 2, 3 { "$($_.Count)" } } }
        @{ Name = 'a nested array'; Call = { , @(1, 2, 3) | Invoke-ParallelOrchestration { "$($_.Count)" } } }
        @{ Name = 'a hashtable'; Call = { @{ a = 1; b = 2; c = 3 } | Invoke-ParallelOrchestration { "$($_.Count)" } } }
        @{ Name = 'a string'; Call = { 'abc' | Invoke-ParallelOrchestration { "$($_.Length)" } } }
    ) {
        & $Call | Should -Be '3'
    }

    It 'calls the item $_ and $PSItem, and gives nothing in $input and $args' {
        'x' | Invoke-ParallelOrchestration { $_; $PSItem; @($input).Count; $args.Count } | Should -Be 'x', 'x', 0, 0
    }

    It 'is $_ in the block of a function and of a filter' {
        function Get-OeItem { "<$_>" }
        filter Get-OeFiltered { "<$_>" }
        1, 2 | Invoke-ParallelOrchestration -Ordered ${function:Get-OeItem} | Should -Be '<1>', '<2>'
        1, 2 | Invoke-ParallelOrchestration -Ordered ${function:Get-OeFiltered} | Should -Be '<1>', '<2>'
        1, 2 | Invoke-ParallelOrchestration -Stateful -ThrottleLimit 1 ${function:Get-OeFiltered} | Should -Be '<1>', '<2>'
    }

    It 'hands on the same object, with the members that were added to it' {
        $item = [pscustomobject]@{ Seen = 0 } | Add-Member -PassThru ScriptProperty Twice { $this.Seen * 2 }
        $text = 'abc' | Add-Member -PassThru NoteProperty Note 'kept'
        $back = $item, $text | Invoke-ParallelOrchestration -Ordered { if ($_.Note) { $_.Note } else { $_.Seen = 21; $_ } }
        [object]::ReferenceEquals($back[0], $item) | Should -BeTrue
        $back[0].Twice | Should -Be 42
        $back[1] | Should -Be 'kept'
    }

    It 'unrolls output as a pipeline does: an array into its elements, and no deeper' {
        $out = 1 | Invoke-ParallelOrchestration { 1, 2; , @(3, 4); @(); $null; [System.Management.Automation.Internal.AutomationNull]::Value; '' }
        $out | ForEach-Object { if ($null -eq $_) { 'null' } else { "$($_.GetType().Name) $_" } } |
            Should -Be 'Int32 1', 'Int32 2', 'Object[] 3 4', 'null', 'String '
    }

    It 'keeps the type of what an item puts out' {
        $out = 1 | Invoke-ParallelOrchestration { 1L; 1.5; 'a'; [pscustomobject]@{ A = 1 }; [version]'1.2'; @{ b = 2 } }
        $out.ForEach({ $_.GetType().Name }) |
            Should -Be 'Int64', 'Double', 'String', 'PSCustomObject', 'Version', 'Hashtable'
    }

    It 'puts out <Count> objects of one item in their order' -ForEach @{ Count = 50000 } {
        [int[]] $found = 1 | Invoke-ParallelOrchestration { 1..$using:Count }
        [Linq.Enumerable]::SequenceEqual($found, [Linq.Enumerable]::Range(1, $Count)) | Should -BeTrue
    }

    It 'refuses a script block as an item, and runs the others' {
        $found = 1, { 'never' }, 2 | Invoke-ParallelOrchestration -Ordered { $_ } -ErrorVariable problems -ErrorAction SilentlyContinue
        $found | Should -Be 1, 2
        $problems.FullyQualifiedErrorId |
            Should -Be 'ParallelPipedInputObjectCannotBeScriptBlock,OrchestrationEngine.PowerShell.Cmdlets.InvokeParallelOrchestrationCommand'
    }

    It 'takes the thousandth input as the first: <Name>' -ForEach @(
        @{ Name = '$null'; Odd = $null }
        @{ Name = 'an array'; Odd = , (1, 2) }
        @{ Name = 'an object with properties of the names of parameters'; Odd = [pscustomobject]@{ InputObject = 1; ThrottleLimit = 'x'; Tasks = 2 } }
    ) {
        $records = & { , $Odd; 1..998; , $Odd } | Invoke-ParallelOrchestration -Ordered -PassThru { , $_ }
        $records.Count | Should -Be 1000
        ConvertTo-Json -InputObject $records[999].Output | Should -BeExactly (ConvertTo-Json -InputObject $records[0].Output)
        $records.Status | Sort-Object -Unique | Should -Be 'Succeeded'
    }

    It 'does not make PowerShell look at each parameter for each input' -Tag Process {
        # What is looked at here is not public in PowerShell: if it is found no more, nothing but the speed tells.
        $looks = [Collections.Generic.List[int]]::new()
        1..600 | Invoke-ParallelOrchestration { } -Filter {
            $at = $ExecutionContext.GetType().GetField('_context', 'Instance, NonPublic').GetValue($ExecutionContext)
            foreach ($name in 'CurrentCommandProcessor', 'CmdletParameterBinderController', 'UnboundParameters') {
                $at = $at.GetType().GetProperty($name, [Reflection.BindingFlags] 'Instance, Public, NonPublic').GetValue($at)
            }
            $looks.Add($at.Count)
        }
        $looks[9] | Should -BeGreaterThan 40
        $looks[599] | Should -BeLessThan 5
    }

    It 'can be called <_> times in a row' -ForEach 300 {
        $calls = foreach ($number in 1..$_) { $number | Invoke-ParallelOrchestration { $_ } }
        $calls | Should -Be (1..$_)
    }
}
