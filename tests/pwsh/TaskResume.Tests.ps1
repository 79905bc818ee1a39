# Invoke-ParallelOrchestration -Tasks: runs that are kept, and go on.
[Diagnostics.CodeAnalysis.SuppressMessageAttribute('PSUseDeclaredVarsMoreThanAssignments', '', Justification = 'Pester reads them in other blocks.')]
param()

BeforeAll {
    . (Join-Path $PSScriptRoot 'TestSetup.ps1')

    $quiet = @{ ErrorAction = 'SilentlyContinue' }

    # What tasks have noted in a file.
    function Get-Note([string] $Path) { Get-Content -LiteralPath $Path -ErrorAction Ignore }

    function Get-ErrorId([scriptblock] $Call) {
        try { $null = & $Call } catch { return ($_.FullyQualifiedErrorId -split ',')[0] }
        'none'
    }
}

Describe 'Invoke-ParallelOrchestration -Tasks -RunName, -Resume' {
    BeforeEach {
        $folder = (New-Item -ItemType Directory "TestDrive:/$([guid]::NewGuid())").FullName
        $before = $env:OE_STATE
        $env:OE_STATE = Join-Path $folder 'state'
        $notes = Join-Path $folder 'notes'
    }

    AfterEach { $env:OE_STATE = $before }

    It 'runs only what had not succeeded, and tells of the rest as it was' {
        $notes = [Collections.Concurrent.ConcurrentQueue[string]]::new()
        $broken = Join-Path $folder 'broken'
        $null = New-Item $broken
        $tasks = @(
            @{ Name = 'values'; ScriptBlock = { ($using:notes).Enqueue('values'); 'text', 7, 2.0, $true, $null; [pscustomobject] @{ A = 1; B = @('x', 5000000000) }; , @(1, 2) } }
            @{ Name = 'exits'; ScriptBlock = { ($using:notes).Enqueue('exits'); 'done'; exit 0 }; DependsOn = 'values' }
            @{ Name = 'mended'; ScriptBlock = { if (Test-Path $using:broken) { throw 'broken' }; "mended after $($Orchestration.OutputOf('exits')) and $($Orchestration.OutputOf('VALUES')[1])" }; DependsOn = 'exits' }
            @{ Name = 'after'; ScriptBlock = { 'after' }; DependsOn = 'mended' }
            @{ Name = 'not wanted'; ScriptBlock = { 'no' }; Condition = { ($using:notes).Enqueue('asked'); $false } }
        )
        $first = Invoke-ParallelOrchestration @quiet -Tasks $tasks -RunName build -SummaryVariable run
        $first.Status | Should -Be Succeeded, Succeeded, Failed, Skipped, Skipped
        $run.RunId | Should -Match '^build-\d{8}-\d{6}-[0-9a-f]{4}$'
        Remove-Item $broken
        $second = Invoke-ParallelOrchestration -Tasks $tasks -Resume build -SummaryVariable again
        $again.RunId | Should -Be $run.RunId
        $second | ForEach-Object { "$($_.Name): $($_.Status) $($_.Kept)" } | Should -Be (
            'values: Succeeded True', 'exits: Succeeded True', 'mended: Succeeded False', 'after: Succeeded False', 'not wanted: Skipped True')
        $second[2].Output | Should -Be 'mended after done and 7'
        $second[0].Output | ConvertTo-Json -Compress -Depth 5 | Should -Be '["text",7,2.0,true,null,{"A":1,"B":["x",5000000000]},[1,2]]'
        $second[0].Output | Select-Object -First 4 | ForEach-Object { $_.GetType().Name } | Should -Be String, Int32, Double, Boolean
        foreach ($name in 'ExitCode', 'Attempts', 'Worker') { $second[0].$name | Should -Be $first[0].$name }
        [Math]::Abs(($second[0].StartTime - $first[0].StartTime).TotalSeconds) | Should -BeLessThan 1
        $notes | Sort-Object | Should -Be 'asked', 'exits', 'values'
    }

    It 'goes on after the process was killed, and each task has ended once' {
        $definition = Join-Path $folder 'tasks.ps1'
        Set-Content $definition @"
            `$notes = '$notes'
            @{ Name = 'one'; ScriptBlock = { Add-Content `$using:notes 'one'; 1 } }
            @{ Name = 'two'; ScriptBlock = { Add-Content `$using:notes 'two'; 2 }; DependsOn = 'one' }
            @{ Name = 'killed'; ScriptBlock = { Add-Content `$using:notes 'killed'; if (-not `$env:OE_TEST_GOES_ON) { [Console]::WriteLine('READY'); Start-Sleep -Seconds 600 }; `$Orchestration.OutputOf('two') + 1 }; DependsOn = 'two' }
            @{ Name = 'four'; ScriptBlock = { Add-Content `$using:notes 'four'; `$Orchestration.OutputOf('killed') + 1 }; DependsOn = 'killed' }
"@
        $killed = Invoke-Fresh -Script @"
            `$env:OE_STATE = '$env:OE_STATE'
            `$tasks = . '$definition'
            Invoke-ParallelOrchestration -Tasks `$tasks -RunName nightly
"@ -WhenReady { param($process) $process.Kill() }
        $killed.ExitCode | Should -Not -Be 0
        Get-Note $notes | Should -Be one, two, killed
        $env:OE_TEST_GOES_ON = 1
        try {
            $tasks = . $definition
            $results = Invoke-ParallelOrchestration -Tasks $tasks -Resume nightly
            $once = Invoke-ParallelOrchestration -Tasks $tasks -Resume nightly
        } finally { $env:OE_TEST_GOES_ON = $null }
        $results | ForEach-Object { "$($_.Name): $($_.Status) $($_.Output) $($_.Kept)" } | Should -Be (
            'one: Succeeded 1 True', 'two: Succeeded 2 True', 'killed: Succeeded 3 False', 'four: Succeeded 4 False')
        $once | ForEach-Object { "$($_.Name): $($_.Output) $($_.Kept)" } | Should -Be 'one: 1 True', 'two: 2 True', 'killed: 3 True', 'four: 4 True'
        $once[2].Attempts | Should -Be 2
        Get-Note $notes | Should -Be one, two, killed, killed, four
    }

    It 'skips or fails what was running when the process was killed, if OnResume says so' {
        $definition = Join-Path $folder 'tasks.ps1'
        Set-Content $definition @"
            `$notes = '$notes'
            `$started = [Threading.CountdownEvent]::new(2)
            `$work = { Add-Content "`$using:notes.`$(`$Orchestration.TaskName)" begun; if (-not `$env:OE_TEST_GOES_ON) { if ((`$using:started).Signal()) { [Console]::WriteLine('READY') }; Start-Sleep -Seconds 600 } }
            @{ Name = 'skipped'; ScriptBlock = `$work; OnResume = 'Skip' }
            @{ Name = 'failed'; ScriptBlock = `$work; OnResume = 'Fail'; RetryCount = 3 }
            @{ Name = 'after'; ScriptBlock = { 'after' }; DependsOn = 'skipped' }
            @{ Name = 'never'; ScriptBlock = { 'never' }; DependsOn = 'failed' }
"@
        $killed = Invoke-Fresh -Script @"
            `$env:OE_STATE = '$env:OE_STATE'
            `$tasks = . '$definition'
            Invoke-ParallelOrchestration -Tasks `$tasks -RunName nightly
"@ -WhenReady { param($process) $process.Kill() }
        $killed.ExitCode | Should -Not -Be 0
        $env:OE_TEST_GOES_ON = 1
        try {
            $tasks = . $definition
            $results = Invoke-ParallelOrchestration @quiet -Tasks $tasks -Resume nightly
            $again = Invoke-ParallelOrchestration -Tasks $tasks -Resume nightly
        } finally { $env:OE_TEST_GOES_ON = $null }
        $results | ForEach-Object { "$($_.Name): $($_.Status) $($_.Kept) $($_.Attempts) [$($_.Error)] [$($_.Reason)]" } | Should -Be (
            'skipped: Skipped False 0 [] [It was interrupted, and OnResume is Skip.]',
            'failed: Failed False 0 [it was interrupted, and OnResume is Fail] []',
            'after: Succeeded False 1 [] []',
            "never: Skipped False 0 [] [It waits for 'failed', which did not succeed.]")
        $again | ForEach-Object { "$($_.Name): $($_.Status) $($_.Kept) [$($_.Reason)]" } | Should -Be (
            'skipped: Skipped True [It was interrupted, and OnResume is Skip.]', 'failed: Succeeded False []', 'after: Succeeded True []', 'never: Succeeded False []')
        (Get-Note "$notes.skipped").Count, (Get-Note "$notes.failed").Count | Should -Be 1, 2
    }

    It 'repeats a task whose output cannot be kept only if another needs it' {
        $notes = [Collections.Concurrent.ConcurrentQueue[string]]::new()
        $broken = Join-Path $folder 'broken'
        $null = New-Item $broken
        $tasks = @(
            @{ Name = 'needed'; ScriptBlock = { ($using:notes).Enqueue('needed'); Get-Item $using:folder } }
            @{ Name = 'alone'; ScriptBlock = { ($using:notes).Enqueue('alone'); @{ A = 1 }; [version] '1.2' } }
            @{ Name = 'last'; ScriptBlock = { if (Test-Path $using:broken) { throw 'broken' }; $Orchestration.OutputOf('needed').GetType().Name }; DependsOn = 'needed' }
        )
        $null = Invoke-ParallelOrchestration @quiet -Tasks $tasks -RunName partly
        Remove-Item $broken
        $results = Invoke-ParallelOrchestration -Tasks $tasks -Resume partly
        $results | ForEach-Object { "$($_.Name) $($_.Kept)" } | Should -Be 'needed False', 'alone True', 'last False'
        $results[1].Output[0].A, $results[1].Output[1] | Should -Be 1, '1.2'
        $results[2].Output | Should -Be DirectoryInfo
        $notes | Group-Object -NoElement | Sort-Object Name | ForEach-Object { "$($_.Name) $($_.Count)" } | Should -Be 'alone 1', 'needed 2'
    }

    It 'refuses other tasks than the run began with, unless -Force says that they are meant' {
        $one = @{ Name = 'a'; ScriptBlock = { 1 }; Parameters = @{ } }
        $other = @{ Name = 'a'; ScriptBlock = { 2 } }
        $null = Invoke-ParallelOrchestration -Tasks $one -RunName plan
        $refused = { Invoke-ParallelOrchestration -Tasks $other -Resume plan } | Should -Throw -PassThru -ErrorId 'RunRefused,*'
        "$refused" | Should -Match "^The run 'plan' was not begun: the plan is not the one that the run plan-\S+ was begun with: task 'a' has another ``content``\.$"
        $refused.ErrorDetails.RecommendedAction | Should -BeLike '*-Force says that changed tasks are meant.'
        (Invoke-ParallelOrchestration -Tasks $other -Resume plan -Force).Output | Should -Be 1
        $with = @{ Name = 'a'; ScriptBlock = { param($V) $V }; Parameters = @{ V = 1 } }
        $null = Invoke-ParallelOrchestration -Tasks $with -RunName values
        $with.Parameters.V = 2
        Get-ErrorId { Invoke-ParallelOrchestration -Tasks $with -Resume values } | Should -Be RunRefused
    }

    It 'keeps the latest runs with -KeepRuns' {
        $task = @{ Name = 'a'; ScriptBlock = { 1 } }
        foreach ($name in 'first', 'second', 'third') {
            $null = Invoke-ParallelOrchestration -Tasks $task -RunName $name -KeepRuns 2 -Durability Full
        }
        foreach ($name in 'second', 'third') { (Invoke-ParallelOrchestration -Tasks $task -Resume $name).Kept | Should -BeTrue }
        $gone = { Invoke-ParallelOrchestration -Tasks $task -Resume first } | Should -Throw -PassThru -ErrorId 'RunRefused,*'
        "$gone" | Should -Be "The run 'first' was not begun: there is no run first."
    }

    It 'keeps runs below the root of the project, and nothing of runs without a name' {
        $root = (New-Item -ItemType Directory "$folder/project/.git").Parent.FullName
        $inside = (New-Item -ItemType Directory "$root/src").FullName
        Invoke-WithLimit -ArgumentList $inside {
            param($inside)
            $env:OE_STATE = $null
            Set-Location $inside
            $null = Invoke-ParallelOrchestration -Tasks @{ Name = 'a'; ScriptBlock = { 1 } }
            Test-Path ../orchestration
            $null = Invoke-ParallelOrchestration -Tasks @{ Name = 'a'; ScriptBlock = { 1 } } -RunName kept
            Get-ChildItem ../orchestration/state -Name -Filter '*.db'
        } | Select-Object -First 1 | Should -BeFalse
        Get-ChildItem "$root/orchestration/state" | Should -Not -BeNullOrEmpty
    }

    It 'refuses a folder that others may write' {
        if ($IsWindows) { Set-ItResult -Skipped -Because 'on Windows a folder has the rights of the one around it' }
        $null = New-Item -ItemType Directory $env:OE_STATE
        chmod 777 $env:OE_STATE
        Get-ErrorId { Invoke-ParallelOrchestration -Tasks @{ Name = 'a'; ScriptBlock = { 1 } } -RunName a } | Should -Be RunRefused
    }

    It 'refuses a run that another process goes on with' {
        $live = Invoke-Fresh -Script @"
            `$env:OE_STATE = '$env:OE_STATE'
            Invoke-ParallelOrchestration -Tasks @{ Name = 'a'; ScriptBlock = { [Console]::WriteLine('READY'); Start-Sleep -Seconds 600 } } -RunName live
"@ -WhenReady {
            param($process)
            $script:refused = try { Invoke-ParallelOrchestration -Tasks @{ Name = 'a'; ScriptBlock = { 1 } } -Resume live } catch { "$_" }
            $process.Kill()
        }
        $live.ExitCode | Should -Not -Be 0
        $script:refused | Should -Match "^The run 'live' was not begun: the run live-\S+ is being executed by process \d+"
    }

    It 'refuses <Name>' -ForEach @(
        @{ Name = '-RunName with -Resume'; With = @{ RunName = 'a'; Resume = 'b' }; Id = 'RunNameAndResume' }
        @{ Name = '-Force without -Resume'; With = @{ RunName = 'a'; Force = $true }; Id = 'RunNotKept' }
        @{ Name = '-KeepRuns for a run that is not kept'; With = @{ KeepRuns = 3 }; Id = 'RunNotKept' }
        @{ Name = '-Resume of a run that is not there'; With = @{ Resume = 'none' }; Id = 'RunRefused' }
    ) {
        Get-ErrorId { Invoke-ParallelOrchestration -Tasks @{ Name = 'a'; ScriptBlock = { 1 } } @With } | Should -Be $Id
    }

    It 'OnResume of a run that is not kept is an error that names the task and says what is missing' {
        $tasks = @{ Name = 'a'; ScriptBlock = { 1 } }, @{ Name = 'b'; ScriptBlock = { 2 }; OnResume = 'Skip' }
        $refused = { Invoke-ParallelOrchestration -Tasks $tasks } | Should -Throw -PassThru -ErrorId 'OnResumeNotKept,*'
        "$refused" | Should -Be "Task 'b' has OnResume = 'Skip', but the run is not kept, so it never goes on."
        $refused.ErrorDetails.RecommendedAction | Should -Be 'Give the run a name with -RunName, by which -Resume finds it, or leave the key out.'
        # What is the default says nothing.
        $tasks[1].OnResume = 'Rerun'
        (Invoke-ParallelOrchestration -Tasks $tasks).Output | Sort-Object | Should -Be 1, 2
    }
}
