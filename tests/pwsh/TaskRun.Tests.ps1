# Invoke-ParallelOrchestration -Tasks: tasks that wait for each other.
BeforeAll {
    . (Join-Path $PSScriptRoot 'TestSetup.ps1')

    # Runs tasks and gives a line for each, and no errors.
    function Get-TaskLine([object[]] $Tasks, [hashtable] $Parameters = @{}) {
        Invoke-ParallelOrchestration -Tasks $Tasks @Parameters -ErrorAction SilentlyContinue | ForEach-Object {
            "$($_.Name) $($_.Status) [$($_.Output -join ',')] $($_.ExitCode)".TrimEnd()
        }
    }

    $quiet = @{ ErrorAction = 'SilentlyContinue'; ErrorVariable = 'written' }
}

Describe 'Invoke-ParallelOrchestration -Tasks' {
    It 'gives a result for each task, in the order in which they are written' {
        $results = Invoke-ParallelOrchestration -ThrottleLimit 2 -Tasks @(
            @{ Name = 'last'; ScriptBlock = { 'c' }; DependsOn = 'middle' }
            @{ Name = 'middle'; ScriptBlock = { 'b1'; 'b2' }; DependsOn = 'first' }
            @{ Name = 'first'; ScriptBlock = { 'a' } }
        )
        $results | ForEach-Object { "$($_.Name) $($_.Status) $($_.Output) $($_.ExitCode) $($_.Attempts)" } |
            Should -Be 'last Succeeded c 0 1', 'middle Succeeded b1 b2 0 1', 'first Succeeded a 0 1'
        $results[2].StartTime | Should -BeLessOrEqual $results[1].StartTime
        $results[0].Worker | Should -BeGreaterThan 0
        $results.GetType().GetElementType().Name, $results[0].GetType().FullName | Should -Be 'Object', 'OrchestrationEngine.PowerShell.TaskResult'
    }

    It 'runs scripts, blocks and commands, with parameters' {
        Set-Content TestDrive:/0407_Greet.ps1 'param($Name, [switch] $Loud) "hello $Name$(if ($Loud) { "!" })"'
        $path = (Get-Item TestDrive:/0407_Greet.ps1).FullName
        Get-TaskLine @(
            @{ Name = 'script'; Script = $path; Parameters = @{ Name = 'you'; Loud = $true } }
            @{ Name = 'block'; ScriptBlock = { param($Value) $Value * 2 }; Parameters = @{ Value = 21 } }
            @{ Name = 'command'; Command = 'Get-Variable'; Parameters = @{ Name = 'ShellId'; ValueOnly = $true } }
            @{ Name = 'text'; Command = 'Write-Output (1 + 1)' }
        ) | Should -Be 'script Succeeded [hello you!] 0', 'block Succeeded [42] 0', 'command Succeeded [Microsoft.PowerShell] 0', 'text Succeeded [2] 0'
    }

    It "runs the guide's form: scripts by number, over OE_SCRIPT_PATH" {
        $folder = (New-Item -ItemType Directory TestDrive:/scripts).FullName
        Set-Content "$folder/0407_Validate.ps1" 'param($All) "validated $All"'
        Set-Content "$folder/0402_Test.ps1" '"tested"'
        Invoke-WithLimit -ArgumentList $folder {
            param($folder)
            $env:OE_SCRIPT_PATH = $folder
            try {
                $tasks = @(
                    @{ Script = '0407'; Parameters = @{ All = $true } }
                    @{ Script = '0402'; Parameters = @{} }
                )
                Invoke-ParallelOrchestration -Tasks $tasks -ThrottleLimit 3 | ForEach-Object { "$($_.Name): $($_.Output)" }
            } finally { $env:OE_SCRIPT_PATH = $null }
        } | Should -Be '0407: validated True', '0402: tested'
    }

    It 'fails a task that throws, or ends with an exit code, and says so' {
        Set-Content TestDrive:/exit3.ps1 'exit 3'
        Set-Content TestDrive:/fine.ps1 'if ($IsWindows) { cmd /c exit 5 } else { sh -c "exit 5" }; "went on"'
        $fail = if ($IsWindows) { 'cmd /c exit 4' } else { 'sh -c "exit 4"' }
        $results = Invoke-ParallelOrchestration @quiet -Tasks @(
            @{ Name = 'throws'; ScriptBlock = { throw 'no disk' } }
            @{ Name = 'exits'; ScriptBlock = { 'before'; exit 7 } }
            @{ Name = 'script'; Script = (Get-Item TestDrive:/exit3.ps1).FullName }
            @{ Name = 'program'; Command = $fail }
            @{ Name = 'fine'; Script = (Get-Item TestDrive:/fine.ps1).FullName }
            @{ Name = 'writes'; ScriptBlock = { Write-Error 'bad'; 'went on' } }
        )
        $results | ForEach-Object { "$($_.Name) $($_.Status) [$($_.Output)] $($_.ExitCode) $($_.Error)" } | Should -Be (
            'throws Failed []  no disk', 'exits Failed [before] 7 It ended with exit code 7.', 'script Failed [] 3 It ended with exit code 3.',
            'program Failed [] 4 It ended with exit code 4.', 'fine Succeeded [went on] 0 ', 'writes Succeeded [went on] 0 ')
        $results[5].Errors | Should -Be 'bad'
        $written | Where-Object FullyQualifiedErrorId -Like 'TaskFailed,*' | ForEach-Object { "$_" } | Should -Be (
            "Task 'throws' failed: no disk", "Task 'exits' failed: It ended with exit code 7.",
            "Task 'script' failed: It ended with exit code 3.", "Task 'program' failed: It ended with exit code 4.")
    }

    It 'is never falsely green: <Name>' -ForEach @(
        @{ Name = 'a command that is not there'; Task = @{ Command = 'oe-no-such-command' }; Message = "The term 'oe-no-such-command' is not recognized*" }
        @{ Name = 'a command that ends with an error'; Task = @{ Command = 'Get-Item'; Parameters = @{ NoSuchParameter = 1 } }; Message = '*NoSuchParameter*' }
        @{ Name = 'a command that writes an error'; Task = @{ Command = 'Get-Item oe-no-such-file' }; Message = "Cannot find path '*oe-no-such-file' because it does not exist." }
        @{ Name = 'commands of which the last writes an error'; Task = @{ Command = '$null = 1; Get-Item oe-no-such-file' }; Message = "Cannot find path '*oe-no-such-file' because it does not exist." }
        @{ Name = 'commands of which the last is a program that fails'; Task = @{ Command = "`$null = 1`n$(if ($IsWindows) { 'cmd /c exit 4' } else { 'sh -c "exit 4"' })" }; Message = 'It ended with exit code 4.' }
        @{ Name = 'a condition that throws'; Task = @{ ScriptBlock = { 'ran' }; Condition = { throw 'unknown' } }; Message = 'unknown' }
        @{ Name = 'a parameter of a type that does not fit'; Task = @{ ScriptBlock = { param([int] $Count) 'ran' }; Parameters = @{ Count = 'many' } }; Message = "Cannot process argument transformation on parameter 'Count'.*" }
        @{ Name = 'a parameter that is missing'; Task = @{ ScriptBlock = { param([Parameter(Mandatory)] $Path) 'ran' } }; Message = '*missing mandatory parameters: Path.' }
        @{ Name = 'a script that has no such parameter'; Text = '[CmdletBinding()] param() "ran"'; Task = @{ Parameters = @{ Path = 'x' } }; Message = "A parameter cannot be found that matches parameter name 'Path'." }
        @{ Name = 'a script that is no PowerShell'; Text = '"ran"; if ('; Task = @{}; Message = '*Missing condition in if statement*' }
        @{ Name = 'a condition that cannot be called'; Task = @{ ScriptBlock = { 'ran' }; Condition = { param([Parameter(Mandatory)] $Path) $true } }; Message = '*missing mandatory parameters: Path.' }
        @{ Name = 'a block that stops itself'; Task = @{ ScriptBlock = { throw [System.Management.Automation.PipelineStoppedException]::new() } }; Message = 'It stopped itself: *' }
        @{ Name = 'a block that closes its runspace'; Task = @{ ScriptBlock = { [runspace]::DefaultRunspace.CloseAsync(); Start-Sleep -Seconds 600 } }; Message = 'It stopped itself: *' }
        @{ Name = 'a block that leaves by exit'; Task = @{ ScriptBlock = { exit 2 } }; Message = 'It ended with exit code 2.' }
    ) {
        if ($Text) {
            Set-Content TestDrive:/task.ps1 $Text
            $Task.Script = (Get-Item TestDrive:/task.ps1).FullName
        }
        $result = Invoke-ParallelOrchestration @quiet -Tasks $Task
        $result.Status | Should -Be Failed
        "$($result.Error)" | Should -BeLike $Message
        @($result.Output).Count | Should -Be 0
        $result.Errors.Count | Should -Be 0
    }

    It 'goes by the end of a command: <Command>' -ForEach @(
        @{ Command = "Get-Item oe-no-such-file; 'went on'"; Expected = 'a Succeeded [went on] 0'; Errors = 1 }
        @{ Command = 'Get-Item oe-no-such-file -ErrorAction SilentlyContinue'; Expected = 'a Succeeded [] 0'; Errors = 0 }
        @{ Command = 'Get-Item oe-no-such-file -ErrorAction Ignore'; Expected = 'a Succeeded [] 0'; Errors = 0 }
        @{ Command = "`$(if (`$IsWindows) { cmd /c exit 4 } else { sh -c 'exit 4' }); 'went on'"; Expected = 'a Succeeded [went on] 0'; Errors = 0 }
        @{ Command = "'a' # a comment"; Expected = 'a Succeeded [a] 0'; Errors = 0 }
        @{ Command = "foreach (`$i in 1..2) { `$i }"; Expected = 'a Succeeded [1 2] 0'; Errors = 0 }
    ) {
        $result = Invoke-ParallelOrchestration @quiet -Tasks @{ Name = 'a'; Command = $Command }
        "$($result.Name) $($result.Status) [$($result.Output)] $($result.ExitCode)" | Should -Be $Expected
        $result.Errors.Count | Should -Be $Errors
    }

    It 'runs tasks one at a time that share an instance of a class' {
        Invoke-WithLimit {
            $made = & ([scriptblock]::Create('class Counted { [int] $Value; [int] Next() { return ++$this.Value } }; [Counted]::new()'))
            $tasks = 1..20 | ForEach-Object { @{ Name = "t$_"; ScriptBlock = { param($Counter) $Counter.Next() }; Parameters = @{ Counter = $made } } }
            @((Invoke-ParallelOrchestration -Tasks $tasks).Output | Sort-Object -Unique).Count
            $tasks = 1..20 | ForEach-Object { @{ Name = "t$_"; ScriptBlock = { ($using:made).Next() } } }
            @((Invoke-ParallelOrchestration -Tasks $tasks).Output | Sort-Object -Unique).Count
        } | Should -Be 20, 20
    }

    It 'is shown as a table' {
        (Invoke-ParallelOrchestration -Tasks @{ Name = 'a'; ScriptBlock = { 1 } } | Out-String -Width 100).Trim() -split '\r?\n' | Select-Object -First 1 |
            Should -Match '^Name +Status +Duration +Attempts +Output$'
    }

    It 'skips what waits for a failed task and says for which; a condition that does not hold skips only its own' {
        $results = Invoke-ParallelOrchestration @quiet -Tasks @(
            @{ Name = 'broken'; ScriptBlock = { throw 'x' } }
            @{ Name = 'after broken'; ScriptBlock = { 'ran' }; DependsOn = 'broken' }
            @{ Name = 'allowed'; ScriptBlock = { throw 'y' }; ContinueOnError = $true }
            @{ Name = 'after allowed'; ScriptBlock = { 'ran' }; DependsOn = 'allowed' }
            @{ Name = 'not wanted'; ScriptBlock = { 'ran' }; Condition = { $false } }
            @{ Name = 'after not wanted'; ScriptBlock = { 'ran' }; DependsOn = 'not wanted' }
            @{ Name = 'wanted'; ScriptBlock = { 'ran' }; Condition = { $Orchestration.OutputOf('after allowed') -eq 'ran' }; DependsOn = 'after allowed' }
            @{ Name = 'cleanup'; ScriptBlock = { 'ran' }; Finally = $true }
        )
        $results | ForEach-Object { "$($_.Name): $($_.Status) $($_.Output) $($_.Reason)".TrimEnd() } | Should -Be (
            'broken: Failed', "after broken: Skipped  It waits for 'broken', which did not succeed.", 'allowed: Failed', 'after allowed: Succeeded ran',
            'not wanted: Skipped  Its condition did not hold.', 'after not wanted: Succeeded ran', 'wanted: Succeeded ran', 'cleanup: Succeeded ran')
    }

    It 'warns of a failure that is allowed, which ends nothing, also with -ErrorAction Stop' {
        $results = Invoke-ParallelOrchestration -ErrorAction Stop -WarningVariable warned -WarningAction SilentlyContinue -Tasks @(
            @{ Name = 'allowed'; ScriptBlock = { throw 'y' }; ContinueOnError = $true }
            @{ Name = 'late'; ScriptBlock = { Start-Sleep -Seconds 600 }; Timeout = 0.1; ContinueOnError = $true }
            @{ Name = 'after'; ScriptBlock = { 'ran' }; DependsOn = 'allowed', 'late' }
        )
        $results | ForEach-Object { "$_" } | Should -Be 'allowed: Failed', 'late: TimedOut', 'after: Succeeded'
        $warned[0].Message | Should -Be "Task 'allowed' failed: y"
        $warned[1].Message | Should -Match "^Task 'late' was stopped after [\d.]+ s because it ran longer than it may\.`$"
        $warned.Count | Should -Be 2
    }

    It 'hands the output of tasks to those that wait for them' {
        $results = Invoke-ParallelOrchestration -Tasks @(
            @{ Name = 'list'; ScriptBlock = { 1..3 } }
            @{ Name = 'object'; ScriptBlock = { [pscustomobject] @{ Value = 4 } } }
            @{ Name = 'sum'; ScriptBlock = { ($Orchestration.OutputOf('LIST') | Measure-Object -Sum).Sum + $Orchestration.OutputOf('object').Value }; DependsOn = 'list', 'object' }
        )
        $results[2].Output | Should -Be 10
        $early = Invoke-ParallelOrchestration @quiet -Tasks @{ Name = 'a'; ScriptBlock = { $Orchestration.OutputOf('b') } }
        "$($early.Errors)" | Should -BeLike "*There is no task 'b' in this run.*"
    }

    It 'tells a task its name and the id of its run, and nobody else' {
        $facts = { "$($Orchestration.TaskName) $($Orchestration.RunId) $($Orchestration.Attempt)" }
        $tasks = @(
            @{ Name = 'One'; ScriptBlock = $facts }
            @{ Name = 'asked'; ScriptBlock = $facts; Condition = { $Orchestration.TaskName -eq 'asked' -and $Orchestration.RunId } }
            @{ Name = 'around'; ScriptBlock = { 1 | Invoke-ParallelOrchestration { $null -eq $Orchestration.TaskName; $null -eq $Orchestration.RunId } } }
            @{ Name = 'object'; ScriptBlock = { , $Orchestration } }
        )
        (Invoke-ParallelOrchestration -Tasks $tasks[0]).Output | Should -Be 'One  1'
        $before = $env:OE_STATE
        $env:OE_STATE = "$((Get-Item 'TestDrive:/').FullName)/state"
        try {
            $results = Invoke-ParallelOrchestration -Tasks $tasks -RunName told -SummaryVariable run
            $resumed = Invoke-ParallelOrchestration -Tasks $tasks[1], $tasks[0] -Resume told -Force
            $fresh = Invoke-ParallelOrchestration -Tasks @{ Name = 'new'; ScriptBlock = $facts } -Resume told -Force
        } finally { $env:OE_STATE = $before }
        $results[0..1].Output | Should -Be "One $($run.RunId) 1", "asked $($run.RunId) 1"
        $results[2].Output | Should -Be $true, $true
        $results[3].Output.TaskName, $results[3].Output.RunId | Should -Be $null, $null
        $resumed.Kept | Should -Be $true, $true
        $fresh.Output | Should -Be "new $($run.RunId) 1" -Because 'it is the id, also where the run was named'
    }

    It 'keeps nothing of a run that is over' {
        $tasks = @(
            @{ Name = 'a'; ScriptBlock = { 1..20 | ForEach-Object { [object]::new() } } }
            @{ Name = 'b'; ScriptBlock = { $Orchestration.OutputOf('a').Count }; DependsOn = 'a' }
        )
        $left = & { (Invoke-ParallelOrchestration -Tasks $tasks)[0].Output | ForEach-Object { [WeakReference]::new($_) } }
        # Something may be left on a stack, or in a variable of PowerShell's own.
        Wait-Until { [GC]::Collect(); @($left | Where-Object IsAlive).Count -lt 3 } | Should -BeTrue
        $left.Count | Should -Be 20
    }

    It 'takes $using: in blocks and conditions' {
        $value = 'mine'; $want = $true
        Get-TaskLine @{ Name = 'a'; ScriptBlock = { $using:value }; Condition = { $using:want } } | Should -Be 'a Succeeded [mine] 0'
    }

    It 'tries a task again, and keeps only what the last attempt put out' {
        $calls = [Collections.Concurrent.ConcurrentQueue[int]]::new()
        $result = Invoke-ParallelOrchestration -Tasks @{
            Name = 'a'; RetryCount = 3; RetryDelay = 0.01
            ScriptBlock = { ($using:calls).Enqueue(1); "attempt $($Orchestration.Attempt)"; if (($using:calls).Count -lt 3) { throw 'not yet' } }
        }
        "$($result.Status) $($result.Attempts) $($result.Output)" | Should -Be 'Succeeded 3 attempt 3'
    }

    It 'says what can be done about <Name>' -ForEach @(
        @{ Name = 'a failure'; Task = @{ ScriptBlock = { throw 'x' } }; Action = "The task's result has the Error*" }
        @{ Name = 'a time limit'; Task = @{ ScriptBlock = { Start-Sleep -Seconds 600 }; Timeout = 0.1 }; Action = 'Raise its Timeout*' }
        @{ Name = 'a run that was stopped'; Task = @{ ScriptBlock = { throw 'x' } }; With = @{ StopOnError = $true }; Action = '*without -StopOnError*' }
        @{ Name = 'the time limit of the run'; Task = @{ ScriptBlock = { Start-Sleep -Seconds 600 } }; With = @{ TimeoutSeconds = 0.1 }; Action = 'Raise -TimeoutSeconds*' }
    ) {
        $with = if ($_.With) { $_.With } else { @{} }
        $found = try { $null = Invoke-ParallelOrchestration @with -Tasks $Task -ErrorVariable written -ErrorAction SilentlyContinue; $written[0] } catch { $_ }
        $found.ErrorDetails.RecommendedAction | Should -BeLike $Action
    }

    It 'keeps time limits of a task and of the run' {
        $results = Invoke-ParallelOrchestration @quiet -Tasks @(
            @{ Name = 'slow'; ScriptBlock = { Start-Sleep -Seconds 600 }; Timeout = 0.3 }
            @{ Name = 'after'; ScriptBlock = { 1 }; DependsOn = 'slow' }
        )
        $results.Status | Should -Be TimedOut, Skipped
        { Invoke-ParallelOrchestration @quiet -TimeoutSeconds 0.3 -Tasks @{ Name = 'slow'; ScriptBlock = { [Threading.Thread]::Sleep(20000) } } } |
            Should -Throw -ErrorId 'RunTimedOut,*'
    }

    It 'stops at the first failure with -StopOnError, but still runs what is to run at the end' {
        $ran = [Collections.Concurrent.ConcurrentQueue[string]]::new()
        { Invoke-ParallelOrchestration @quiet -StopOnError -ThrottleLimit 2 -Tasks @(
                @{ Name = 'slow'; ScriptBlock = { Start-Sleep -Seconds 600 } }
                @{ Name = 'bad'; ScriptBlock = { throw 'x' } }
                @{ Name = 'cleanup'; ScriptBlock = { ($using:ran).Enqueue('cleanup') }; Finally = $true }
            ) } | Should -Throw -ErrorId 'RunStopped,*' -ExpectedMessage 'A task failed, so the run was stopped. 1 of 3 tasks succeeded, 1 failed, 0 timed out, 1 stopped, 0 skipped.'
        $ran.ToArray() | Should -Be cleanup
    }

    It 'runs what is to run at the end, and sums up, when <Name>' -ForEach @(
        @{ Name = 'an error ends the pipeline'; End = { param($Tasks) try { Invoke-ParallelOrchestration -Tasks $Tasks -ErrorAction Stop -SummaryVariable summary } catch { "$_" } "$summary" }; Expected = "Task 'bad' failed: x" }
        @{ Name = 'enough is written'; End = { param($Tasks) Invoke-ParallelOrchestration -Tasks $Tasks -ErrorAction Ignore -SummaryVariable summary | Select-Object -First 1 | ForEach-Object ToString; "$summary" }; Expected = 'bad: Failed' }
        @{ Name = 'a warning ends the pipeline'; End = { param($Tasks) try { Invoke-ParallelOrchestration -Tasks $Tasks -WarningAction Stop -SummaryVariable summary } catch { 'stopped' } "$summary" }; Expected = 'stopped' }
    ) {
        Invoke-WithLimit -ArgumentList $End.Ast {
            param($ended)
            $ran = [Collections.Concurrent.ConcurrentQueue[string]]::new()
            & $ended.GetScriptBlock() @(
                @{ Name = 'bad'; ScriptBlock = { Write-Warning 'w'; throw 'x' } }
                @{ Name = 'slow'; ScriptBlock = { Start-Sleep -Seconds 600 } }
                @{ Name = 'cleanup'; ScriptBlock = { ($using:ran).Enqueue('cleanup') }; Finally = $true }
            )
            $ran.ToArray()
        } | Should -Be $Expected, '1 of 3 tasks succeeded, 1 failed, 0 timed out, 1 stopped, 0 skipped.', 'cleanup'
    }

    It 'keeps to the slots of the call and of groups' {
        $running = [int[]]::new(2)
        $most = [Collections.Concurrent.ConcurrentBag[string]]::new()
        $block = {
            param($Place)
            $now = [Threading.Interlocked]::Increment([ref] ($using:running)[$Place])
            ($using:most).Add("$Place $now")
            Start-Sleep -Milliseconds 20
            $null = [Threading.Interlocked]::Decrement([ref] ($using:running)[$Place])
        }
        $tasks = 1..6 | ForEach-Object { @{ Name = "g$_"; ScriptBlock = $block; Parameters = @{ Place = 0 }; Group = 'one' } }
        $tasks += 1..6 | ForEach-Object { @{ Name = "f$_"; ScriptBlock = $block; Parameters = @{ Place = 1 } } }
        $results = Invoke-ParallelOrchestration -ThrottleLimit 3 -Groups @{ one = 1 } -Tasks $tasks
        @($results | Where-Object Status -EQ Succeeded).Count | Should -Be 12
        $most | Where-Object { $_ -like '0 *' } | Sort-Object -Unique | Should -Be '0 1'
        $most | Where-Object { $_ -in '1 4', '1 5', '1 6' } | Should -BeNullOrEmpty
    }

    It 'finds groups whatever the case' {
        Get-TaskLine -Parameters @{ Groups = @{ Disk = 1 } } @{ Name = 'a'; ScriptBlock = { 'ran' }; Group = 'DISK' } | Should -Be 'a Succeeded [ran] 0'
    }

    It 'says in -SummaryVariable what came of the run' {
        $null = Invoke-ParallelOrchestration @quiet -SummaryVariable summary -ThrottleLimit 2 -Tasks @(
            @{ Name = 'a'; ScriptBlock = { Start-Sleep -Milliseconds 50 } }
            @{ Name = 'b'; ScriptBlock = { Start-Sleep -Milliseconds 50 }; DependsOn = 'a' }
            @{ Name = 'c'; ScriptBlock = { throw 'x' } }
        )
        "$summary" | Should -Be '2 of 3 tasks succeeded, 1 failed, 0 timed out, 0 stopped, 0 skipped.'
        $summary.CriticalPath | Should -Be a, b
        $summary.LowerBound | Should -BeGreaterOrEqual ([timespan]::FromMilliseconds(95))
        $summary.Duration | Should -BeGreaterOrEqual $summary.LowerBound
    }

    It 'writes the streams of a task when it has ended, together' {
        $records = Invoke-ParallelOrchestration -ThrottleLimit 1 -Tasks @(
            @{ Name = 'a'; ScriptBlock = { Write-Warning 'a1'; Write-Warning 'a2' } }
            @{ Name = 'b'; ScriptBlock = { Write-Warning 'b1' } }
        ) 3>&1
        $records | ForEach-Object { "$_" } | Should -Be 'a1', 'a2', 'a: Succeeded', 'b1', 'b: Succeeded'
    }

    It 'starts each task clean' {
        Get-TaskLine -Parameters @{ ThrottleLimit = 1 } @(
            @{ Name = 'a'; ScriptBlock = { $global:left = 1; Set-Location /; 'set' } }
            @{ Name = 'b'; ScriptBlock = { "[$global:left] $($PWD.Path -eq '/')" }; DependsOn = 'a' }
        ) | Should -Be 'a Succeeded [set] 0', 'b Succeeded [[] False] 0'
    }

    It 'is ended by a stop, after what is to run at the end, and no worker stays' {
        $started = [Threading.ManualResetEventSlim]::new()
        $cleaned = [Threading.ManualResetEventSlim]::new()
        $session = Start-Session -ArgumentList $started, $cleaned {
            param($started, $cleaned)
            Invoke-ParallelOrchestration -Tasks @(
                @{ Name = 'done'; ScriptBlock = { 1 } }
                @{ Name = 'a'; ScriptBlock = { ($using:started).Set(); Start-Sleep -Seconds 600 }; DependsOn = 'done' }
                @{ Name = 'cleanup'; ScriptBlock = { ($using:cleaned).Set() }; Finally = $true }
            )
        }
        $started.Wait(30000) | Should -BeTrue
        Stop-Session $session | Should -Be Stopped
        $cleaned.IsSet | Should -BeTrue
        Wait-Until { (Get-PlainPool).Running -eq 0 } | Should -BeTrue
    }

    It 'refuses <Name>' -ForEach @(
        @{ Name = 'no task'; Tasks = @(); Id = 'TasksEmpty' }
        @{ Name = 'a circle'; Tasks = @{ Name = 'a'; Command = 'x'; DependsOn = 'b' }, @{ Name = 'b'; Command = 'y'; DependsOn = 'a' }; Id = 'TasksRefused'; Message = 'The tasks cannot be run: tasks wait for each other: a -> b -> a.' }
        @{ Name = 'a circle of many'; Tasks = 1..100 | ForEach-Object { @{ Name = "t$_"; Command = 'x'; DependsOn = "t$($_ % 100 + 1)" } }; Id = 'TasksRefused'; Message = 'The tasks cannot be run: tasks wait for each other: t1 -> t2 -> t3 -> t4 -> t5 -> t6 -> (89 more) -> t96 -> t97 -> t98 -> t99 -> t100 -> t1.' }
        @{ Name = 'a group that is not there'; Tasks = @{ Name = 'a'; Command = 'x'; Group = 'q' }; Id = 'GroupUnknown'; Message = "Task 'a' is of the group 'q', which -Groups does not have." }
        @{ Name = 'a group that is nearly there'; Tasks = @{ Name = 'a'; Command = 'x'; Group = 'disc' }; With = @{ Groups = @{ Disk = 1 } }; Id = 'GroupUnknown'; Message = "Task 'a' is of the group 'disc', which -Groups does not have. Did you mean 'Disk'?" }
        @{ Name = 'a weight above the limit'; Tasks = @{ Name = 'a'; Command = 'x'; Weight = 100 }; Id = 'TasksRefused' }
        @{ Name = 'a command that is no PowerShell'; Tasks = @{ Name = 'a'; Command = 'x (' }; Id = 'TaskCommandUnreadable' }
        @{ Name = 'a command that goes on behind its end'; Tasks = @{ Name = 'a'; Command = "x ``" }; Id = 'TaskCommandUnreadable' }
        @{ Name = 'parameters of a command that is a pipeline'; Tasks = @{ Name = 'a'; Command = 'x | y'; Parameters = @{ A = 1 } }; Id = 'TaskCommandTakesNoParameters' }
        @{ Name = 'inputs that nothing asks for'; Tasks = @{ Name = 'a'; Command = 'x'; Inputs = 'y' }; Id = 'TaskInputsWithoutMemo' }
        @{ Name = 'a limit of a group that is no number'; Tasks = @{ Name = 'a'; Command = 'x' }; With = @{ Groups = @{ q = 'many' } }; Id = 'GroupLimitInvalid' }
        @{ Name = 'what is for items'; Tasks = @{ Name = 'a'; Command = 'x' }; With = @{ BatchSize = 2 }; Id = 'NotForTasks'; Message = '-BatchSize is for items and has no meaning with -Tasks.' }
    ) {
        $with = if ($_.With) { $_.With } else { @{} }
        $refused = try { Invoke-ParallelOrchestration -Tasks $Tasks @with; $null } catch { $_ }
        $refused.FullyQualifiedErrorId | Should -BeLike "$Id,*"
        $refused.ErrorDetails.RecommendedAction | Should -Not -BeNullOrEmpty
        if ($Message) { "$refused" | Should -Be $Message }
    }
}
