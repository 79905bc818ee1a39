# $using: in every form that ForEach-Object -Parallel takes, and nested as deep as one likes.
[Diagnostics.CodeAnalysis.SuppressMessageAttribute('PSUseDeclaredVarsMoreThanAssignments', '', Justification = 'BeforeAll and -ForEach hand variables to other blocks')]
[Diagnostics.CodeAnalysis.SuppressMessageAttribute('PSAvoidGlobalVars', '', Justification = 'What global variables do is what is tested')]
param()

BeforeAll {
    . (Join-Path $PSScriptRoot 'TestSetup.ps1')
    $cmdlet = 'OrchestrationEngine.PowerShell.Cmdlets.InvokeParallelOrchestrationCommand'
}

Describe '$using: in an item' -Tag Semantics {
    It 'reads <Name>' -ForEach @(
        @{ Name = 'a variable'; Block = { $using:text }; Expected = 'text' }
        @{ Name = 'a variable in other letters'; Block = { $using:TEXT; $Using:Text }; Expected = 'text', 'text' }
        @{ Name = 'a variable in braces'; Block = { ${using:odd name} }; Expected = 'odd' }
        @{ Name = 'a variable twice'; Block = { "$using:text $using:text" }; Expected = 'text text' }
        @{ Name = 'a variable in a text'; Block = { "<$($using:map.a.b[1])>" }; Expected = '<20>' }
        @{ Name = 'a variable in a nested block'; Block = { & { & { $using:text } } }; Expected = 'text' }
        @{ Name = 'a variable in a function'; Block = { function Test-It { $using:text }; Test-It }; Expected = 'text' }
        @{ Name = 'a variable in ForEach-Object'; Block = { 1, 2 | ForEach-Object { "$using:text$_" } }; Expected = 'text1', 'text2' }
        @{ Name = 'an index'; Block = { $using:list[1] }; Expected = 2 }
        @{ Name = 'an index from the end'; Block = { $using:list[-1] }; Expected = 3 }
        @{ Name = 'a key'; Block = { $using:map['a'].b[0] }; Expected = 10 }
        @{ Name = 'a key in letters of both sizes'; Block = { $using:cased['Key']; $using:cased['KEY'] }; Expected = 'lower', 'upper' }
        @{ Name = 'a member'; Block = { $using:map.a.b }; Expected = 10, 20 }
        @{ Name = 'a member of a member'; Block = { $using:text.Length; ($using:text).Length }; Expected = 4, 4 }
        @{ Name = 'a method''s result'; Block = { ($using:text).ToUpper() }; Expected = 'TEXT' }
        @{ Name = 'an environment variable'; Block = { $using:env:OE_TEST_USING }; Expected = 'from env' }
        @{ Name = 'a global: variable'; Block = { $using:global:oeTestUsing }; Expected = 'from global' }
        @{ Name = 'a $null'; Block = { "[$using:nothing]"; $null -eq $using:nothing }; Expected = '[]', $true }
        @{ Name = 'an array as one'; Block = { ($using:list).Count; (, $using:list)[0].Count }; Expected = 3, 3 }
        @{ Name = 'an empty array as one'; Block = { ($using:empty).GetType().Name; ($using:empty).Count }; Expected = 'Object[]', 0 }
        @{ Name = 'a member that is an array of one'; Block = { ($using:map.one).GetType().Name }; Expected = 'Object[]' }
        @{ Name = 'a false'; Block = { $using:no; $using:zero }; Expected = $false, 0 }
        @{ Name = 'a variable as a splat'; Block = { $p = $using:splat; Join-Path @p }; Expected = [IO.Path]::Combine('a', 'b') }
    ) {
        $text, ${odd name}, $list, $nothing, $empty, $no, $zero = 'text', 'odd', @(1, 2, 3), $null, @(), $false, 0
        $map = @{ a = @{ b = 10, 20 }; one = @(1) }
        $splat = @{ Path = 'a'; ChildPath = 'b' }
        $cased = [Collections.Generic.Dictionary[string, string]]::new()
        $cased['Key'], $cased['KEY'] = 'lower', 'upper'
        $env:OE_TEST_USING = 'from env'
        $global:oeTestUsing = 'from global'
        try {
            1 | Invoke-ParallelOrchestration $Block | Should -Be $Expected
        } finally {
            Remove-Item env:OE_TEST_USING
            Remove-Variable oeTestUsing -Scope Global
        }
    }

    It 'reads $_ of the caller' {
        'outer' | ForEach-Object { 'inner' | Invoke-ParallelOrchestration { "$_ $using:_ $using:PSItem" } } | Should -Be 'inner outer outer'
    }

    It 'reads what the caller sees, function or script' {
        $file = Join-Path $TestDrive 'caller.ps1'
        Set-Content $file '$own = "script"; 1 | Invoke-ParallelOrchestration { $using:own }'
        function Test-Caller { $own = 'function'; 1 | Invoke-ParallelOrchestration { $using:own } }
        $own = 'test'
        1 | Invoke-ParallelOrchestration { $using:own } | Should -Be 'test'
        Test-Caller | Should -Be 'function'
        & $file | Should -Be 'script'
    }

    It 'reads the variables of the module that calls' {
        $module = New-Module { $own = 'module'; function Test-OeModule { 1 | Invoke-ParallelOrchestration { $using:own } } }
        $own = 'test'
        Import-Module $module
        try { Test-OeModule | Should -Be 'module' } finally { Remove-Module $module }
    }

    It 'is the object itself, whose changes the caller sees' {
        $map = @{}
        $seen = [Collections.Concurrent.ConcurrentBag[int]]::new()
        1..100 | Invoke-ParallelOrchestration -ThrottleLimit 4 { ($using:seen).Add($_); if ($_ -eq 1) { ($using:map)['key'] = 'value' } }
        $seen | Sort-Object | Should -Be (1..100)
        $map['key'] | Should -Be 'value'
    }

    It 'keeps members that were added to an object' {
        $text = 'abc' | Add-Member -PassThru NoteProperty Note 'kept'
        1 | Invoke-ParallelOrchestration { ($using:text).Note } | Should -Be 'kept'
    }

    It 'is read once, before the first item' {
        $value = 'before'
        $gate = [Threading.ManualResetEventSlim]::new()
        & { 1; $value = 'after'; $null = $value; $gate.Set(); 2 } | Invoke-ParallelOrchestration -Ordered { $null = ($using:gate).Wait(30000); $using:value } |
            Should -Be 'before', 'before'
    }

    It 'is no way to set a variable of the caller' {
        { [scriptblock]::Create('$using:x = 1') } | Should -Throw
    }

    It 'works in a block made of text, and one held in a variable' {
        $value = 'v'
        1 | Invoke-ParallelOrchestration ([scriptblock]::Create('$using:value')) | Should -Be 'v'
        $block = { "$using:value$_" }
        1..2 | Invoke-ParallelOrchestration $block -Ordered | Should -Be 'v1', 'v2'
        1..2 | Invoke-ParallelOrchestration -ScriptBlock $block.GetNewClosure() -Ordered | Should -Be 'v1', 'v2'
    }

    It 'ends the call with <Id>: <Name>' -ForEach @(
        @{ Name = 'an undefined variable'; Block = { $using:oeNone }; Id = 'UsingVariableIsUndefined' }
        @{ Name = 'an undefined variable''s member'; Block = { $using:oeNone.A }; Id = 'UsingVariableIsUndefined' }
        @{ Name = 'an undefined variable in a nested block'; Block = { & { $using:oeNone } }; Id = 'UsingVariableIsUndefined' }
        @{ Name = 'a missing member'; Block = { $using:map.none }; Id = 'UsingExpressionFailed' }
        @{ Name = 'a script block'; Block = { & $using:script }; Id = 'ParallelUsingVariableCannotBeScriptBlock' }
        @{ Name = 'a wrapped script block'; Block = { & $using:wrapped }; Id = 'ParallelUsingVariableCannotBeScriptBlock' }
        @{ Name = 'a function'; Block = { & ${using:function:prompt} }; Id = 'ParallelUsingVariableCannotBeScriptBlock' }
    ) {
        $map = @{ a = 1 }
        $script = { 'x' }
        $wrapped = [psobject]::AsPSObject($script)
        $ran = [Collections.Concurrent.ConcurrentBag[int]]::new()
        $text = "(`$using:ran).Add(1); $Block"
        { 1..3 | Invoke-ParallelOrchestration ([scriptblock]::Create($text)) } | Should -Throw -ErrorId "$Id,$cmdlet"
        $ran.Count | Should -Be 0
        "$map$wrapped" | Should -Not -BeNullOrEmpty
    }

    It 'leaves the strict mode of the caller as it is' {
        $map = @{ a = 1 }
        1 | Invoke-ParallelOrchestration { $using:map.a } | Should -Be 1
        "[$oeUndefined]" | Should -Be '[]'
    }
}

Describe '$using: in nested calls' -Tag Semantics {
    It 'belongs to the innermost call: <Name>' -ForEach @(
        @{ Name = 'Invoke-ParallelOrchestration'; Inner = 'Invoke-ParallelOrchestration' }
        @{ Name = 'Invoke-ParallelOrchestration -ScriptBlock'; Inner = 'Invoke-ParallelOrchestration -ThrottleLimit 2 -ScriptBlock' }
        @{ Name = 'its name with the module'; Inner = 'OrchestrationEngine\Invoke-ParallelOrchestration' }
        @{ Name = 'ForEach-Object -Parallel'; Inner = 'ForEach-Object -Parallel' }
        @{ Name = 'foreach -Parallel'; Inner = 'foreach -Parallel' }
        @{ Name = '% -Para'; Inner = '% -Para' }
        @{ Name = 'its full name'; Inner = 'Microsoft.PowerShell.Core\ForEach-Object -Parallel' }
    ) {
        # A name with the module is looked up among the modules.
        $path = $env:PSModulePath
        $env:PSModulePath = (Split-Path (Split-Path (Get-ModuleManifestPath))) + [IO.Path]::PathSeparator + $path
        $value = 'outer'
        $text = "`$value = `"middle `$_ `$using:value`"; 1 | $Inner { `"inner `$_ `$using:value`" }; 2 | $Inner { `$value = 'x'; `$value }; `$value"
        try {
            'a' | Invoke-ParallelOrchestration ([scriptblock]::Create($text)) |
                Should -Be 'inner 1 middle a outer', 'x', 'middle a outer'
        } finally { $env:PSModulePath = $path }
    }

    It 'needs no value outside for what is set inside' {
        1 | Invoke-ParallelOrchestration {
            $oeInside = "in $_"
            2 | Invoke-ParallelOrchestration { "$using:oeInside $_" }
        } | Should -Be 'in 1 2'
    }

    It 'belongs to the item in a nested ForEach-Object without -Parallel' {
        $value = 'outer'
        1 | Invoke-ParallelOrchestration { $value = 'middle'; 1 | ForEach-Object { $using:value; $value } } | Should -Be 'outer', 'middle'
    }

    It 'reaches three deep' {
        $a = 'a'
        1 | Invoke-ParallelOrchestration {
            $b = $using:a + 'b'
            1 | Invoke-ParallelOrchestration {
                $c = $using:b + 'c'
                1 | Invoke-ParallelOrchestration { $using:c + 'd' }
            }
        } | Should -Be 'abcd'
    }

    It 'is an error of the item where the inner value is missing' {
        $oeNone = 'only outside'
        $found = 1 | Invoke-ParallelOrchestration { 1 | Invoke-ParallelOrchestration { $using:oeNone } } 2>&1
        $found.FullyQualifiedErrorId | Should -Be "UsingVariableIsUndefined,$cmdlet"
        $oeNone | Should -Be 'only outside'
    }

    It 'works in the argument of an inner call, which is read outside it' {
        $items = 1, 2
        $limit = 2
        1 | Invoke-ParallelOrchestration { $using:items | Invoke-ParallelOrchestration -Ordered -ThrottleLimit $using:limit { $_ * 10 } } | Should -Be 10, 20
        1 | Invoke-ParallelOrchestration { Invoke-ParallelOrchestration -InputObject ($using:items)[1] { $_ * 10 } } | Should -Be 20
    }

    It 'is that of the item in a job that the item starts' {
        Invoke-WithLimit {
            # A value outside is needed for any $using: of a block, as with ForEach-Object -Parallel.
            $x = 'outer'
            1 | Invoke-ParallelOrchestration { $x = "item $_"; Start-Job { $using:x } | Receive-Job -Wait -AutoRemoveJob }
            $x
        } | Should -Be 'item 1', 'outer'
    }

    It 'works inside ForEach-Object -Parallel' {
        Invoke-WithLimit {
            param($Manifest)
            $value = 'outer'
            1..2 | ForEach-Object -Parallel {
                Import-Module $using:Manifest
                # ForEach-Object takes the inner $using: for its own, too.
                $value = "middle $using:value"
                "$_" | Invoke-ParallelOrchestration { "$_ $using:value" }
            } | Sort-Object
        } (Get-ModuleManifestPath) | Should -Be '1 middle outer', '2 middle outer'
    }
}
