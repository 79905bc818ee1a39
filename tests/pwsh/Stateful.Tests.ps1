# A block that is one stage of a pipeline for all items of a worker.
BeforeAll { . (Join-Path $PSScriptRoot 'TestSetup.ps1') }

Describe '-Stateful' {
    It 'runs begin and end once a worker, and process for each item, in one scope' {
        1..5 | Invoke-ParallelOrchestration -Stateful -ThrottleLimit 1 {
            begin { $sum = 0; 'begin' }
            process { $sum += $_; "item $_" }
            end { "sum $sum" }
        } | Should -Be 'begin', 'item 1', 'item 2', 'item 3', 'item 4', 'item 5', 'sum 5'.Replace('5', '15')
    }

    It 'keeps the variables of a plain block' {
        1..4 | Invoke-ParallelOrchestration -Stateful -ThrottleLimit 1 { $sum += $_; $sum } | Should -Be 1, 3, 6, 10
    }

    It 'loses nothing among many items and workers' {
        $sums = 1..100000 | Invoke-ParallelOrchestration -Stateful -ThrottleLimit 4 { begin { $sum = 0 } process { $sum += $_ } end { $sum } }
        ($sums | Measure-Object -Sum).Sum | Should -Be 5000050000
        $sums.Count | Should -BeLessOrEqual 4
    }

    It 'begins anew after an item that an error ended' {
        $output = 1..4 | Invoke-ParallelOrchestration -Stateful -ThrottleLimit 1 {
            begin { $count = 0 }
            process { $count++; if ($_ -eq 2) { throw 'two' }; "item $_ count $count" }
            end { "end $count" }
        } 2>&1
        $output | Get-StreamText |
            Should -Be 'output item 1 count 1', 'error two', 'output item 3 count 1', 'output item 4 count 2', 'output end 2'
    }

    It 'takes return, exit, break and continue as the end of an item' {
        1..6 | Invoke-ParallelOrchestration -Stateful -ThrottleLimit 1 {
            switch ($_) { 2 { return } }
            if ($_ -eq 3) { exit 3 }
            if ($_ -eq 4) { break }
            if ($_ -eq 5) { continue }
            $_
        } | Should -Be 1, 6
    }

    It 'gives the items of the caller by $using: and its streams' {
        $factor = 10
        $output = 1..2 | Invoke-ParallelOrchestration -Stateful -ThrottleLimit 1 { process { $_ * $using:factor; Write-Error "e$_"; Write-Warning "w$_" } } 2>&1 3>&1
        $output | Get-StreamText | Sort-Object | Should -Be 'error e1', 'error e2', 'output 10', 'output 20', 'warning w1', 'warning w2'
    }

    It 'is one record an item, and one for what begin and end put out' {
        $records = 1..2 | Invoke-ParallelOrchestration -Stateful -ThrottleLimit 1 -PassThru { begin { 'b' } process { $_ } end { 'e' } }
        # begin runs when the first item comes, and so belongs to it.
        $records | ForEach-Object { "$($_.Index) $($_.Status) $($_.Output -join ',')" } |
            Should -Be '0 Succeeded b,1', '1 Succeeded 2', '-1 Succeeded e'
    }

    It 'passes $null and collections as they are' {
        $inputs = [object[]]($null, (1, 2), 'x')
        $inputs | Invoke-ParallelOrchestration -Stateful -ThrottleLimit 1 { process { if ($null -eq $_) { 'null' } else { "$($_.GetType().Name)" } } } |
            Should -Be 'null', 'Object[]', 'String'
    }

    It 'takes a block that defines a class, in a script or made of text: <Name>' -ForEach @(
        @{ Name = 'in a script'; Make = { param($it) $it } }
        @{ Name = 'made of text'; Make = { param($it) [scriptblock]::Create($it) } }
    ) {
        Invoke-WithLimit -ArgumentList "$Make" {
            param($make)
            $block = & ([scriptblock]::Create($make)) {
                class OeDouble {
                    [int] $Value
                    OeDouble([int] $it) { $this.Value = 2 * $it }
                    [OeDouble] Again() { return [OeDouble]::new($this.Value) }
                }
                [OeDouble] $made = [OeDouble]::new($_)
                $made.Again().Value
                $count++
                if ($_ -ge 33) { "count $($count -gt 0)" }
            }
            1..33 | Invoke-ParallelOrchestration -Stateful -ThrottleLimit 8 -Ordered $block
        } | Should -Be @(1..33 | ForEach-Object { 4 * $_ }; 'count True')
    }

    It 'ends at a time limit of an item, and goes on with a new state' {
        $records = 1..3 | Invoke-ParallelOrchestration -Stateful -ThrottleLimit 1 -ItemTimeoutSeconds 1 -PassThru {
            begin { $count = 0 } process { $count++; if ($_ -eq 2) { [Threading.Thread]::Sleep(60000) }; $count }
        }
        $records | Sort-Object Index | ForEach-Object { "$($_.Index) $($_.Status) $($_.Output)" } |
            Should -Be '0 Succeeded 1', '1 TimedOut ', '2 Succeeded 1'
    }
}
