# Invoke-ParallelOrchestration -Tasks: results that are remembered, and used again.
[Diagnostics.CodeAnalysis.SuppressMessageAttribute('PSUseDeclaredVarsMoreThanAssignments', '', Justification = 'Pester reads them in other blocks.')]
param()

BeforeAll {
    . (Join-Path $PSScriptRoot 'TestSetup.ps1')

    function Invoke-Run($Tasks, [hashtable] $With = @{}) { Invoke-ParallelOrchestration -Tasks $Tasks @With }

    # What was run and what was not, in the order of the tasks.
    function Get-Cached($Tasks, [hashtable] $With = @{}) {
        Invoke-Run $Tasks $With | ForEach-Object { "$($_.Name): $($_.Status) $($_.Cached)" }
    }
}

Describe 'Invoke-ParallelOrchestration -Tasks with Memo' {
    BeforeEach {
        $folder = (New-Item -ItemType Directory "TestDrive:/$([guid]::NewGuid())").FullName
        $before = $env:OE_STATE
        $env:OE_STATE = Join-Path $folder 'state'
        # Tasks note in a file that they were run: a value that they share could not be compared.
        $note = Join-Path $folder 'note'
    }

    AfterEach { $env:OE_STATE = $before }

    It 'runs nothing the second time, and gives out what it gave out then' {
        $tasks = @(
            @{ Name = 'values'; Memo = $true; ScriptBlock = { Add-Content $using:note 'ran'; 'text', 7, 2.0, $true, $null; [pscustomobject] @{ A = 1; B = @('x', 5000000000) }; , @(1, 2) } }
            @{ Name = 'second'; Memo = $true; ScriptBlock = { "after $($Orchestration.OutputOf('VALUES')[1])" }; DependsOn = 'values' }
            @{ Name = 'command'; Memo = $true; Command = 'Write-Output'; Parameters = @{ InputObject = 'x' } }
            @{ Name = 'always'; ScriptBlock = { "reads $($Orchestration.OutputOf('second'))" }; DependsOn = 'second' }
        )
        $first = Invoke-ParallelOrchestration -Tasks $tasks -SummaryVariable run
        $first | ForEach-Object { "$($_.Status) $($_.Cached)" } | Should -Be (@('Succeeded False') * 4)
        $run.Cached | Should -Be 0
        $second = Invoke-ParallelOrchestration -Tasks $tasks -SummaryVariable again
        $second | ForEach-Object { "$($_.Name): $($_.Status) $($_.Cached) $($_.Kept)" } | Should -Be (
            'values: Succeeded True False', 'second: Succeeded True False', 'command: Succeeded True False', 'always: Succeeded False False')
        $again.Cached, $again.Succeeded | Should -Be 3, 4
        $again.RunId | Should -Not -Be $run.RunId
        $second[0].Output | ConvertTo-Json -Compress -Depth 5 | Should -Be '["text",7,2.0,true,null,{"A":1,"B":["x",5000000000]},[1,2]]'
        $second.ForEach{ $_.ExitCode } | Should -Be $first.ForEach{ $_.ExitCode }
        $second[1].Output, $second[2].Output, $second[3].Output | Should -Be 'after 7', 'x', 'reads after 7'
        $second[0].Worker | Should -BeNullOrEmpty
        Get-Content $note | Should -Be 'ran'
    }

    It 'keeps no more runs than -KeepRuns says, and all that is remembered' {
        $tasks = @{ Name = 'a'; Memo = $true; ScriptBlock = { Add-Content $using:note 'ran'; 'out' } }
        $null = Invoke-Run $tasks @{ RunName = 'first' }
        $null = Invoke-Run $tasks
        Invoke-Run $tasks @{ Resume = 'first' } | ForEach-Object Kept | Should -BeTrue
        # Two runs without a name are the two that are kept, and the memo outlives the run that made it.
        foreach ($round in 1, 2) { (Invoke-Run $tasks @{ KeepRuns = 2 }).Cached | Should -BeTrue }
        { Invoke-Run $tasks @{ Resume = 'first' } } | Should -Throw -ErrorId 'RunRefused,*'
        Get-Content $note | Should -Be 'ran'
    }

    It 'is of use to other processes' {
        $tasks = @{ Name = 'a'; Memo = $true; ScriptBlock = { "in $PID" } }
        $fresh = Invoke-Fresh "`$env:OE_STATE = '$env:OE_STATE'; Set-Location '$PWD'; (Invoke-ParallelOrchestration -Tasks @{ Name = 'a'; Memo = `$true; ScriptBlock = { `"in `$PID`" } }).Output"
        $result = Invoke-Run $tasks
        $result.Cached | Should -BeTrue
        $result.Output | Should -Be $fresh.Output
        $result.Output | Should -Not -Be "in $PID"
    }

    It 'runs a task whose <What> is another one' -ForEach @(
        @{ What = 'block'; One = { @{ ScriptBlock = { 1 } } }; Other = { @{ ScriptBlock = { 2 } } } }
        @{ What = 'command'; One = { @{ Command = 'Write-Output 1' } }; Other = { @{ Command = 'Write-Output 2' } } }
        @{ What = 'parameter'; One = { @{ ScriptBlock = { param($V) $V }; Parameters = @{ V = 1 } } }; Other = { @{ ScriptBlock = { param($V) $V }; Parameters = @{ V = '1' } } } }
        @{ What = 'value of $using:'; One = { $it = 1; @{ ScriptBlock = { $using:it } } }; Other = { $it = 2; @{ ScriptBlock = { $using:it } } } }
        @{ What = 'imported function'; One = { function global:Get-OeMemo { 1 }; @{ ScriptBlock = { Get-OeMemo } } }; Other = { function global:Get-OeMemo { 2 }; @{ ScriptBlock = { Get-OeMemo } } }; With = @{ ImportFunction = 'Get-OeMemo' } }
        @{ What = 'imported variable'; One = { $OeMemo = 1; @{ ScriptBlock = { $OeMemo } } }; Other = { $OeMemo = 2; @{ ScriptBlock = { $OeMemo } } }; With = @{ ImportVariable = 'OeMemo' } }
        @{ What = 'script'; One = { Set-Content "$folder/0001_a.ps1" '1'; @{ Script = "$folder/0001_a.ps1" } }; Other = { Set-Content "$folder/0001_a.ps1" '2'; @{ Script = "$folder/0001_a.ps1" } } }
        @{ What = 'input file'; One = { Set-Content "$folder/in" 1; @{ ScriptBlock = { 1 }; Inputs = "$folder/in" } }; Other = { Set-Content "$folder/in" 2; @{ ScriptBlock = { 1 }; Inputs = "$folder/in" } } }
        @{ What = 'input that is no longer missing'; One = { Remove-Item "$folder/in" -ErrorAction Ignore; @{ ScriptBlock = { 1 }; Inputs = "$folder/in" } }; Other = { Set-Content "$folder/in" 2; @{ ScriptBlock = { 1 }; Inputs = "$folder/in" } } }
        @{ What = 'file of a pattern'; One = { Remove-Item "$folder/*.txt"; Set-Content "$folder/a.txt" 1; @{ ScriptBlock = { 1 }; Inputs = "$folder/*.txt" } }; Other = { Set-Content "$folder/b.txt" 1; @{ ScriptBlock = { 1 }; Inputs = "$folder/*.txt" } } }
        @{ What = 'folder'; One = { Set-Location $folder; @{ ScriptBlock = { 1 } } }; Other = { Set-Location (New-Item -ItemType Directory -Force "$folder/below"); @{ ScriptBlock = { 1 } } } }
        @{ What = 'output of a task before'; One = { $it = 1; @{ Name = 'before'; ScriptBlock = { $using:it } }, @{ ScriptBlock = { 1 }; DependsOn = 'before' } }; Other = { $it = 2; @{ Name = 'before'; ScriptBlock = { $using:it } }, @{ ScriptBlock = { 1 }; DependsOn = 'before' } } }
    ) {
        # In the scope of this block, so that $using: finds the values.
        $with = if ($With) { $With } else { @{} }
        Push-Location
        try {
            $seen = foreach ($make in $One, $One, $Other, $One) {
                $tasks = @(. $make)
                $tasks[-1].Memo = $true
                $tasks[-1].Name = 'it'
                @(Invoke-ParallelOrchestration -Tasks $tasks @with)[-1] | ForEach-Object { "$($_.Status) $($_.Cached)" }
            }
        } finally {
            Pop-Location
            Remove-Item -ErrorAction Ignore Function:\Get-OeMemo
        }
        $seen | Should -Be 'Succeeded False', 'Succeeded True', 'Succeeded False', 'Succeeded True'
    }

    It 'takes the same script in another place, and parameters in another case and order, for the same' {
        $one = Join-Path $folder '0001_one.ps1'
        $other = Join-Path $folder '0002_other.ps1'
        Set-Content $one 'param($A, $B) "$A$B"'
        Copy-Item $one $other
        $null = Invoke-Run @{ Name = 'a'; Memo = $true; Script = $one; Parameters = [ordered] @{ A = 1; B = 2 } }
        $result = Invoke-Run @{ Name = 'b'; Memo = $true; Script = $other; Parameters = [ordered] @{ b = 2; a = 1 } }
        $result.Cached, $result.Output | Should -Be $true, '12'
    }

    It 'does not remember failures' {
        $switch = New-Item (Join-Path $folder 'broken')
        $tasks = @{ Name = 'a'; Memo = $true; ScriptBlock = { if (Test-Path "$using:folder/broken") { throw 'broken' }; 'mended' } }
        Get-Cached $tasks @{ ErrorAction = 'SilentlyContinue' } | Should -Be 'a: Failed False'
        Remove-Item $switch
        Get-Cached $tasks, @{ Name = 'exits'; Memo = $true; ScriptBlock = { exit 3 } } @{ ErrorAction = 'SilentlyContinue' } | Should -Be 'a: Succeeded False', 'exits: Failed False'
        Get-Cached $tasks, @{ Name = 'exits'; Memo = $true; ScriptBlock = { exit 3 } } @{ ErrorAction = 'SilentlyContinue' } | Should -Be 'a: Succeeded True', 'exits: Failed False'
    }

    It 'forgets what is older than it may be' {
        $short = @{ Name = 'a'; Memo = 0.001; ScriptBlock = { 1 } }
        $long = @{ Name = 'a'; Memo = [timespan] '1:00:00'; ScriptBlock = { 1 } }
        Get-Cached $long | Should -Be 'a: Succeeded False'
        Get-Cached $long | Should -Be 'a: Succeeded True'
        $stale = [DateTime]::UtcNow.AddMilliseconds(2)
        Wait-Until { [DateTime]::UtcNow -gt $stale } | Should -BeTrue
        Get-Cached $short | Should -Be 'a: Succeeded False'
    }

    It 'runs everything with -NoCache, and remembers nothing of it' {
        $tasks = @{ Name = 'a'; Memo = $true; ScriptBlock = { Add-Content $using:note 'ran'; 1 } }
        Get-Cached $tasks @{ NoCache = $true } | Should -Be 'a: Succeeded False'
        Test-Path $env:OE_STATE | Should -BeFalse
        Get-Cached $tasks @{ NoCache = $true; RunName = 'kept' } | Should -Be 'a: Succeeded False'
        Get-Cached $tasks | Should -Be 'a: Succeeded False'
        Get-Cached $tasks @{ NoCache = $true } | Should -Be 'a: Succeeded False'
        Get-Cached $tasks | Should -Be 'a: Succeeded True'
        Get-Content $note | Should -HaveCount 4
    }

    It 'runs one of several tasks that would do the same at once' {
        $tasks = 1..4 | ForEach-Object { @{ Name = "t$_"; Memo = $true; ScriptBlock = { Add-Content $using:note 'ran'; 'same' } } }
        $results = Invoke-Run $tasks @{ ThrottleLimit = 4 }
        $results.Output | Should -Be same, same, same, same
        $results.Cached | Sort-Object | Should -Be $false, $true, $true, $true
        Get-Content $note | Should -Be 'ran'
    }

    It 'warns of a task whose <What>, and runs it each time' -ForEach @(
        @{ What = 'parameter cannot be compared'; Make = { @{ ScriptBlock = { param($V) "$V" }; Parameters = @{ V = [version] '1.2' } } }; Why = '-v is an object of the type Version, and only text, truth values, numbers of the types Int32, Int64 and Double, and lists (Object[]) and custom objects of such can be compared' }
        @{ What = 'secret would have to be compared'; Make = { @{ ScriptBlock = { param($V) $V.Length }; Parameters = @{ V = [securestring]::new() } } }; Why = '-v is an object of the type SecureString, and only text, truth values, numbers of the types Int32, Int64 and Double, and lists (Object[]) and custom objects of such can be compared' }
        @{ What = 'value of $using: cannot be compared'; Make = { $it = [Collections.Queue]::new(); @{ ScriptBlock = { ($using:it).Count } } }; Why = '$using:it is an object of the type Queue, and only text, truth values, numbers of the types Int32, Int64 and Double, and lists (Object[]) and custom objects of such can be compared' }
        @{ What = 'output cannot be stored'; Make = { @{ ScriptBlock = { [version] '1.2' } } }; Why = 'its output cannot be stored as a whole' }
        @{ What = 'inputs are no files'; Make = { @{ ScriptBlock = { 1 }; Inputs = 'env:PATH' } }; Why = "Inputs has 'env:PATH', which cannot be found: the provider Environment has no files" }
    ) {
        foreach ($round in 1, 2) {
            $task = . $Make
            $task.Name, $task.Memo = 'it', $true
            $result = Invoke-ParallelOrchestration -Tasks $task -WarningVariable warnings -WarningAction SilentlyContinue
            $result | ForEach-Object { "$($_.Status) $($_.Cached)" } | Should -Be 'Succeeded False'
            $warnings | ForEach-Object { "$_" } | Should -Be "The result of task 'it' is not remembered: $Why."
        }
        $null = Invoke-ParallelOrchestration -Tasks $task -NoCache -WarningVariable none
        $none | Should -BeNullOrEmpty
    }

    It 'writes again what it wrote to other streams' {
        $tasks = @{
            Name = 'a'; Memo = $true; ScriptBlock = {
                Write-Warning 'w'; Write-Error 'e'; Write-Host 'h'; Write-Host 'n' -NoNewline; Write-Information 'i'; Write-Verbose 'v' -Verbose; 'out'
            }
        }
        $seen = foreach ($round in 1, 2) {
            $records = @(Invoke-ParallelOrchestration -Tasks $tasks -Verbose 3>&1 2>&1 4>&1 6>&1)
            $last = $records[-1]
            "$($last.Cached) $($last.Output) $($last.Errors)"
            $records[0..($records.Count - 2)] | ForEach-Object { "$($_.GetType().Name) $_ $($_.MessageData.NoNewLine)".TrimEnd() }
        }
        $expected = 'WarningRecord w', 'ErrorRecord e', 'InformationRecord h False', 'InformationRecord n True', 'InformationRecord i', 'VerboseRecord v'
        $seen | Should -Be (@('False out e') + $expected + @('True out e') + $expected)
    }

    It 'goes on with a run whose tasks were remembered' {
        $tasks = @(
            @{ Name = 'a'; Memo = $true; ScriptBlock = { Add-Content $using:note 'ran'; 'a' } }
            @{ Name = 'b'; ScriptBlock = { if (Test-Path "$using:folder/broken") { throw 'broken' }; $Orchestration.OutputOf('a') }; DependsOn = 'a' }
        )
        $null = Invoke-Run $tasks
        $switch = New-Item (Join-Path $folder 'broken')
        Get-Cached $tasks @{ RunName = 'named'; ErrorAction = 'SilentlyContinue' } | Should -Be 'a: Succeeded True', 'b: Failed False'
        Remove-Item $switch
        $resumed = Invoke-Run $tasks @{ Resume = 'named' }
        $resumed | ForEach-Object { "$($_.Status) $($_.Kept) $($_.Output)" } | Should -Be 'Succeeded True a', 'Succeeded False a'
        Get-Content $note | Should -Be 'ran'
    }

    It 'is the same in a job' {
        $tasks = @{ Name = 'a'; Memo = $true; ScriptBlock = { 'out' } }
        $null = Invoke-Run $tasks
        $job = Invoke-ParallelOrchestration -Tasks $tasks -AsJob
        $result = $job | Receive-Job -Wait -AutoRemoveJob
        $result.Cached, $result.Output | Should -Be $true, 'out'
        $job.State, $job.Summary.Cached | Should -Be Completed, 1
    }

    It 'is switched off by $false, and inputs without it are refused' {
        $tasks = @{ Name = 'a'; Memo = $false; Inputs = 'x'; ScriptBlock = { 1 } }
        foreach ($round in 1, 2) { Get-Cached $tasks | Should -Be 'a: Succeeded False' }
        Test-Path $env:OE_STATE | Should -BeFalse
        { Invoke-Run $tasks @{ KeepRuns = 2 } } | Should -Throw -ErrorId 'RunNotKept,*'
        $tasks.Remove('Memo')
        $refused = { Invoke-Run $tasks } | Should -Throw -PassThru -ErrorId 'TaskInputsWithoutMemo,*'
        "$refused" | Should -Be "Task 1 ('a') has Inputs, but no Memo: nothing asks whether they have changed."
    }
}

Describe 'Clear-OrchestrationCache' {
    BeforeEach {
        $folder = (New-Item -ItemType Directory "TestDrive:/$([guid]::NewGuid())").FullName
        $before = $env:OE_STATE
        $env:OE_STATE = Join-Path $folder 'state'
        $tasks = @(
            @{ Name = 'Build one'; Memo = $true; ScriptBlock = { 1 } }
            @{ Name = 'build two'; Memo = $true; ScriptBlock = { 2 } }
            @{ Name = 'test'; Memo = $true; ScriptBlock = { 3 } }
        )
    }

    AfterEach { $env:OE_STATE = $before }

    It 'forgets the results of all tasks' {
        $null = Invoke-Run $tasks
        (Clear-OrchestrationCache -Verbose 4>&1)[-1] | Should -BeLike "3 results in '*state' were forgotten."
        Get-Cached $tasks | Should -Be 'Build one: Succeeded False', 'build two: Succeeded False', 'test: Succeeded False'
    }

    It 'forgets those of tasks whose names begin so' {
        $null = Invoke-Run $tasks
        Clear-OrchestrationCache BUILD | Should -BeNullOrEmpty
        Get-Cached $tasks | Should -Be 'Build one: Succeeded False', 'build two: Succeeded False', 'test: Succeeded True'
    }

    It 'forgets nothing with -WhatIf, and has nothing to do where nothing was remembered' {
        (Clear-OrchestrationCache -Verbose 4>&1)[-1] | Should -BeLike "0 results in '*state' were forgotten."
        Test-Path $env:OE_STATE | Should -BeFalse
        $null = Invoke-Run $tasks
        Invoke-WithLimit { Clear-OrchestrationCache -WhatIf } | Should -BeNullOrEmpty
        Get-Cached $tasks | Should -Be 'Build one: Succeeded True', 'build two: Succeeded True', 'test: Succeeded True'
    }

    It 'says why it could not' {
        Set-Content $env:OE_STATE 'a file'
        $refused = { Clear-OrchestrationCache } | Should -Throw -PassThru -ErrorId 'CacheNotCleared,*'
        "$refused" | Should -BeLike "The results of tasks in '*state' were not forgotten: *"
        $refused.ErrorDetails.RecommendedAction | Should -Not -BeNullOrEmpty
    }
}
