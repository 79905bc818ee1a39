# P#16461, P#19313: function objects that items share break them, and the session of the caller with it.
BeforeAll { . (Join-Path $PSScriptRoot '../TestSetup.ps1') }

Describe 'A function object of the caller' {
    It 'can be called by many items at once, and the session stays whole: <_>' -ForEach 'Invoke-ParallelOrchestration', 'ForEach-Object -Parallel' {
        Invoke-WithLimit -ArgumentList $_ {
            param($Call)
            Enable-ParallelForEachObject
            function Get-OeSum($Number) { $sum = 0; 1..20 | ForEach-Object { $sum += $Number }; $sum }
            $function = Get-Command Get-OeSum
            $sums = & ([scriptblock]::Create("1..200 | $Call { & `$using:function `$_ } -ThrottleLimit 8 2>&1"))
            "$(@($sums | Sort-Object -Unique).Count) sums, $(($sums | Measure-Object -Sum).Sum) in all"
            Get-OeSum 2
        } | Should -Be '200 sums, 402000 in all', 40
    }

    It 'is another one in each runspace, with the same name, kind and text' {
        Invoke-WithLimit {
            filter Get-OeTwice { "$_ $_" }
            $function = Get-Command Get-OeTwice
            'a' | Invoke-ParallelOrchestration {
                $own = $using:function
                $_ | & $own; $own.Name; "$($own.CommandType)"; "$own"; "$($own.ScriptBlock)".Trim()
                @(Get-Command Get-OeTwice -ErrorAction Ignore).Count
            }
        } | Should -Be 'a a', 'Get-OeTwice', 'Filter', 'Get-OeTwice', '"$_ $_"', 0
    }
}
