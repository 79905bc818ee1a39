# What is written as a task is understood or refused as a whole. The reader is reached by reflection, since much of what it reads shows in no result.
[Diagnostics.CodeAnalysis.SuppressMessageAttribute('PSUseDeclaredVarsMoreThanAssignments', '', Justification = 'BeforeAll hands variables to other blocks')]
param()

BeforeAll {
    . (Join-Path $PSScriptRoot 'TestSetup.ps1')

    $assembly = (Get-Command Get-OrchestrationScript).ImplementingType.Assembly
    $hidden = [Reflection.BindingFlags] 'Instance, NonPublic, Public'

    function New-Internal([string] $Name, [object[]] $Arguments) {
        # Reflection does not look into the wrappers of PowerShell.
        $Arguments = @($Arguments | ForEach-Object { , $_.PSObject.BaseObject })
        [Activator]::CreateInstance($assembly.GetType("OrchestrationEngine.PowerShell.$Name"), $hidden, $null, $Arguments, $null)
    }

    function Get-Internal($Object, [string] $Name) {
        , $Object.GetType().GetProperty($Name, $hidden).GetValue($Object)
    }

    function Read-Definition([object[]] $Tasks) {
        $resolver = New-Internal 'Scripts.ScriptResolver' @($ExecutionContext.SessionState, [string[]] @($scripts))
        $reader = New-Internal 'Tasks.TaskReader' @($resolver)
        try {
            $reader.GetType().GetMethod('Read', $hidden).Invoke($reader, @(, $Tasks))
        } catch {
            $refused = $_.Exception
            while ($refused -and $refused.GetType().Name -ne 'CallRefusedException') { $refused = $refused.InnerException }
            if (-not $refused) { throw }
            throw (Get-Internal $refused 'Record')
        }
    }

    # The tasks as the reader understands them, with what was given or made of it.
    function Read-Task([object[]] $Tasks) {
        foreach ($task in Read-Definition $Tasks) {
            $found = [ordered] @{ Graph = $task.GetType().GetMethod('ToGraphTask', $hidden).Invoke($task, @()) }
            foreach ($property in $task.GetType().GetProperties($hidden) | Where-Object Name -NE EqualityContract) {
                $found[$property.Name] = $property.GetValue($task)
            }
            [pscustomobject] $found
        }
    }

    function Get-Refusal([object[]] $Tasks) {
        try { $null = Read-Task $Tasks } catch { $_ }
    }

    function Get-Json([object[]] $Tasks) {
        $read = [OrchestrationEngine.Native.GraphTask[]] @(Read-Task $Tasks).Graph
        $graph = [Activator]::CreateInstance([OrchestrationEngine.Native.Graph])
        $graph.Tasks = $read
        $graph.MaxConcurrency = 4
        $graph.Groups = [OrchestrationEngine.Native.GraphGroup[]] @([OrchestrationEngine.Native.GraphGroup]::new('disk', 2))
        $graph.ToJson()
    }

    $scripts = Join-Path $TestDrive 'automation-scripts'
    foreach ($file in '0402_Run-UnitTests', '0407_Validate-Syntax', '0407x_No-Number', '0520_Ring', 'run-unit-tests', '0950_One', '0950_Other') {
        $path = Join-Path $scripts "$file.ps1"
        $null = New-Item -ItemType Directory $scripts -Force
        Set-Content -LiteralPath $path "'ran' | Set-Content -LiteralPath '$TestDrive/ran.txt'"
    }
}

AfterAll {
    Test-Path (Join-Path $TestDrive 'ran.txt') | Should -BeFalse
}

Describe 'A task' {
    It 'of the guide is read as it is written' {
        $task = Read-Task @{ Script = '0520'; Parameters = @{ OutputPath = 'reports/ring.json' } }
        $task.Name | Should -Be '0520'
        $task.Script.Path | Should -Be (Join-Path $scripts '0520_Ring.ps1')
        $task.Parameters | Should -HaveCount 1
        $task.Parameters[0].Key, $task.Parameters[0].Value | Should -Be 'OutputPath', 'reports/ring.json'
        (Read-Task @{ Script = '0407'; Parameters = @{} }).Parameters | Should -HaveCount 0
    }

    It 'is <What>' -ForEach @(
        @{ What = 'a hashtable'; Task = @{ sCRIPT = '0407'; wEIGHT = 3 } }
        @{ What = 'an ordered dictionary'; Task = [ordered] @{ Script = '0407'; Weight = 3 } }
        @{ What = 'a custom object'; Task = [pscustomobject] @{ Script = '0407'; Weight = 3 } }
        @{ What = 'another dictionary'; Task = [Collections.SortedList] @{ Script = '0407'; Weight = 3 } }
    ) {
        $read = Read-Task $Task
        $read.Script.Number, $read.Weight | Should -Be '0407', 3
    }

    It 'is a script that was found' {
        (Read-Task @(Get-OrchestrationScript 0407, 0402, 0407 -ScriptPath $scripts)).Name | Should -Be '0407', '0402', '0407#2'
    }

    It 'finds its script by <What>' -ForEach @(
        @{ What = 'number'; Script = '0407' }, @{ What = 'number without zeros'; Script = 407 }
        @{ What = 'name'; Script = 'Validate-Syntax' }, @{ What = 'file'; Script = '0407_Validate-Syntax.ps1' }
        @{ What = 'pattern'; Script = '*Syntax' }
    ) {
        (Read-Task @{ Script = $Script }).Script.Path | Should -Be (Join-Path $scripts '0407_Validate-Syntax.ps1')
    }

    It 'takes files and commands as scripts' {
        $path = Join-Path $scripts '0407_Validate-Syntax.ps1'
        (Read-Task @{ Script = $path }).Script.Path | Should -Be $path
        (Read-Task @{ Script = Get-Item $path }).Script.Path | Should -Be $path
        (Read-Task @{ Script = Get-Command $path }).Script.Path | Should -Be $path
    }

    It 'takes a path from where the caller is' {
        Push-Location $TestDrive
        try {
            (Read-Task @{ Script = 'automation-scripts/0520_Ring.ps1' }).Script.Number | Should -Be '0520'
        } finally {
            Pop-Location
        }
    }

    It 'takes script blocks and commands as they are' {
        $block = { 1 }
        $read = Read-Task @{ ScriptBlock = $block }, @{ Command = 'npm ci' }, @{ Command = Get-Command Get-Date }
        $read[0].ScriptBlock | Should -Be $block
        $read[1].Command, $read[2].Command | Should -Be 'npm ci', 'Get-Date'
    }

    It 'has these values if nothing is said' {
        $task = Read-Task @{ Script = '0407' }
        $task.Weight, $task.Priority, $task.ContinueOnError, $task.Finally, $task.OnResume | Should -Be 1, 0, $false, $false, 'Rerun'
        foreach ($key in 'Phase', 'Group', 'Timeout', 'RetryCount', 'RetryDelay', 'RetryBackoff', 'Memo', 'Condition') {
            $task.$key | Should -BeNullOrEmpty -Because $key
        }
        $task.Inputs.Count, $task.DependsOn.Count | Should -Be 0, 0
    }

    It 'takes $null for what is not said' {
        (Read-Task @{ Script = '0407'; Timeout = $null; Name = $null; DependsOn = $null }).Name | Should -Be '0407'
    }

    It 'converts <Key> <Value>' -ForEach @(
        @{ Key = 'Timeout'; Value = 90; Expected = [timespan] '0:01:30' }
        @{ Key = 'Timeout'; Value = 0.25; Expected = [timespan]::FromMilliseconds(250) }
        @{ Key = 'Timeout'; Value = '30'; Expected = [timespan] '0:00:30' }
        @{ Key = 'Timeout'; Value = '0:30:00'; Expected = [timespan] '0:30:00' }
        @{ Key = 'RetryDelay'; Value = [timespan] '0:00:05'; Expected = [timespan] '0:00:05' }
        @{ Key = 'RetryCount'; Value = '3'; Expected = 3 }
        @{ Key = 'Retry'; Value = 2L; Expected = 2; As = 'RetryCount' }
        @{ Key = 'RetryBackoff'; Value = 'exponential'; Expected = 'Exponential' }
        @{ Key = 'Weight'; Value = 2.0; Expected = 2 }
        @{ Key = 'Priority'; Value = -100; Expected = -100 }
        @{ Key = 'ContinueOnError'; Value = 1; Expected = $true }
        @{ Key = 'OnResume'; Value = 'skip'; Expected = 'Skip' }
        @{ Key = 'Finally'; Value = [switch] $true; Expected = $true }
        @{ Key = 'Group'; Value = ' disk '; Expected = 'disk' }
        @{ Key = 'Inputs'; Value = 'a.txt', 'b*.txt', 'A.txt'; Expected = 'a.txt', 'b*.txt' }
        @{ Key = 'Inputs'; Value = 'a.txt'; Expected = 'a.txt' }
    ) {
        $property = if ($As) { $As } else { $Key }
        (Read-Task @{ Script = '0407'; Memo = $false; $Key = $Value }).$property | Should -Be $Expected
    }

    It 'is remembered for ever or for some time, or not' {
        $read = Read-Task @{ Script = '0407'; Memo = $true }, @{ Script = '0407'; Memo = [timespan] '1:00:00' }, @{ Script = '0407'; Memo = $false }, @{ Script = '0407'; Memo = 90 }
        Get-Internal $read[3].Memo 'Life' | Should -Be ([timespan] '0:01:30')
        $read[0].Memo, $read[1].Memo | Should -Not -BeNullOrEmpty
        Get-Internal $read[0].Memo 'Life' | Should -BeNullOrEmpty
        Get-Internal $read[1].Memo 'Life' | Should -Be ([timespan] '1:00:00')
        $read[2].Memo | Should -BeNullOrEmpty
    }

    It 'has a condition that is decided, or will be' {
        $read = Read-Task @{ Script = '0407'; Condition = $false }, @{ Script = '0407'; Condition = { $IsLinux } }
        Get-Internal $read[0].Condition 'Block' | Should -BeNullOrEmpty
        "$(Get-Internal $read[1].Condition 'Block')" | Should -Be ' $IsLinux '
        $read.Graph.Conditional | Should -Be $true, $true
    }

    It 'keeps the order and the values of its parameters' {
        $object = [pscustomobject] @{ A = 1 }
        $task = Read-Task @{ Script = '0407'; Params = [ordered] @{ Zulu = $object; Alpha = $null; Mike = { 1 } } }
        $task.Parameters.Key | Should -Be 'Zulu', 'Alpha', 'Mike'
        [object]::ReferenceEquals($task.Parameters[0].Value, $object) | Should -BeTrue
        $task.Parameters[1].Value | Should -BeNullOrEmpty
    }
}

Describe 'Names of tasks' {
    It 'are made of what is run, each once' {
        $tasks = @(
            @{ Script = 407 }, @{ Script = '0407' }, @{ Script = 'run-unit-tests' }, @{ ScriptBlock = { } }, @{ Command = 'npm ci' }
            @{ Command = "git commit`nand more" }, @{ Command = 'x' * 50 }, @{ Script = '0407_Validate-Syntax' }, @{ Script = '0407x_No-Number' }
        )
        (Read-Task $tasks).Name | Should -Be '0407', '0407#2', 'run-unit-tests', 'Task 4', 'npm ci', 'git commit', "$('x' * 39)…", '0407#3', '0407x_No-Number'
    }

    It 'that are made keep off those that are given' {
        (Read-Task @{ Script = '0407' }, @{ Name = '0407'; Script = '0402' }, @{ Name = '0407#3'; Script = '0402' }, @{ Script = '0407' }).Name |
            Should -Be '0407#2', '0407', '0407#3', '0407#4'
    }

    It 'may not be given twice, whatever the case' {
        $refusal = Get-Refusal @{ Name = 'build'; Script = '0407' }, @{ Script = '0407' }, @{ Name = 'BUILD'; Script = '0402' }
        "$refusal" | Should -Be "Task 3 ('BUILD') has the Name of task 1."
        $refusal.FullyQualifiedErrorId | Should -BeLike 'TaskNameTwice*'
    }

    It 'of 20,000 alike tasks are made' {
        $read = Read-Definition @(1..20000 | ForEach-Object { @{ Command = 'same' } })
        $read.Count, (Get-Internal $read[-1] 'Name') | Should -Be 20000, 'same#20000'
    }
}

Describe 'DependsOn' {
    It 'names <What>' -ForEach @(
        @{ What = 'a name'; Needs = 'Build'; Expected = 'build' }
        @{ What = 'names, each once'; Needs = 'build', '0402', 'BUILD'; Expected = 'build', '0402' }
        @{ What = 'a number without zeros'; Needs = 402; Expected = '0402' }
        @{ What = 'all tasks of a number'; Needs = '0407'; Expected = '0407', '0407#2' }
        @{ What = 'one of them'; Needs = '0407#2'; Expected = '0407#2' }
        @{ What = 'the name of a script'; Needs = 'Validate-Syntax'; Expected = '0407', '0407#2' }
        @{ What = 'the file of a script'; Needs = '0402_Run-UnitTests.ps1'; Expected = '0402' }
        @{ What = 'what comes later'; Needs = 'last'; Expected = 'last' }
    ) {
        $tasks = @(
            @{ Name = 'build'; Script = '0520' }, @{ Script = '0407' }, @{ Script = '0407' }, @{ Script = '0402' }
            @{ Name = 'asks'; Command = 'x'; DependsOn = $Needs }, @{ Name = 'last'; Command = 'y' }
        )
        (Read-Task $tasks)[4].DependsOn | Should -Be $Expected
    }

    It 'means the others of the same number' {
        (Read-Task @{ Script = '0407' }, @{ Script = '0407'; Dependencies = '0407' })[1].DependsOn | Should -Be '0407'
    }

    It 'is refused with the nearest name: <_>' -ForEach 'buid', 'biuld' {
        $refusal = Get-Refusal @{ Name = 'build'; Script = '0407' }, @{ Name = 'test'; Script = '0402'; DependsOn = $_ }
        "$refusal" | Should -Be "Task 2 ('test'): DependsOn names '$_', which is no task here. Did you mean 'build'?"
        $refusal.FullyQualifiedErrorId | Should -BeLike 'TaskDependencyUnknown*'
        $refusal.CategoryInfo.Category | Should -Be 'ObjectNotFound'
    }
}

Describe 'Phases' {
    It 'with names go in the order in which they come first' {
        $tasks = 'setup', 'build', 'SETUP', $null, 'test', 'build' | ForEach-Object { @{ Command = 'x'; Phase = $_ } }
        (Read-Task $tasks).Phase | Should -Be 0, 1, 0, $null, 2, 1
    }

    It 'with numbers go by them' {
        (Read-Task (20, '3', 10 | ForEach-Object { @{ Command = 'x'; Phase = $_ } })).Phase | Should -Be 20, 3, 10
    }

    It 'have numbers or names, and none below 0' {
        "$(Get-Refusal @{ Command = 'x'; Phase = 1 }, @{ Command = 'y'; Phase = 'build' })" |
            Should -Be "Task 2 ('y'): Phase is 'build', but has to be a whole number from 0, as other tasks have it: phases have numbers or names, not both."
        "$(Get-Refusal @{ Command = 'x'; Phase = -1 })" | Should -BeLike "Task 1 ('x'): Phase is -1, but has to be a whole number from 0*"
    }
}

Describe 'What is refused' {
    It '<What>' -ForEach @(
        @{ What = 'no tasks'; Tasks = @(); Id = 'TasksEmpty'; Message = 'There are no tasks to run.' }
        @{ What = 'a number as a task'; Tasks = @(@{ Script = '0407' }, 5); Id = 'TaskNotATable'; Message = 'Task 2 is 5, but has to be a table of keys and values.' }
        @{ What = '$null as a task'; Tasks = @($null, @{ Script = '0407' }); Id = 'TaskNotATable'; Message = 'Task 1 is $null, but has to be a table of keys and values.' }
        @{ What = 'an unknown key'; Tasks = @(@{ Name = 'b'; Script = '0407'; DependOn = 'a' }); Id = 'TaskKeyUnknown'; Message = "Task 1 ('b') has a key 'DependOn', which no task has. Did you mean 'DependsOn'?" }
        @{ What = 'an unknown key like none'; Tasks = @(@{ ScriptBlock = { }; Colour = 'red' }); Id = 'TaskKeyUnknown'; Message = "Task 1 has a key 'Colour', which no task has." }
        @{ What = 'a key and its other name'; Tasks = @([ordered] @{ Script = '0407'; Params = @{}; Parameters = @{} }); Id = 'TaskKeyTwice'; Message = "Task 1 ('0407') has the keys 'Params' and 'Parameters', which mean the same." }
        @{ What = 'nothing to run'; Tasks = @(@{ Name = 'a' }); Id = 'TaskWorkMissing'; Message = "Task 1 ('a') has nothing to run: Script, ScriptBlock and Command are missing or `$null." }
        @{ What = 'two things to run'; Tasks = @(@{ Script = '0407'; Command = 'x' }); Id = 'TaskWorkTwice'; Message = "Task 1 ('0407') has Script and Command, but runs only one thing." }
        @{ What = 'an unknown script'; Tasks = @(@{ Name = 'a'; Script = '0408' }); Id = 'ScriptNotFound'; Message = "Task 1 ('a'): Script: There is no script 0408 in '*'. The nearest is 0407 (Validate-Syntax)." }
        @{ What = 'a number of two scripts'; Tasks = @(@{ Script = '0950' }); Id = 'ScriptAmbiguous'; Message = "Task 1 ('0950'): Script: '0950' may mean '*0950_One.ps1' or '*0950_Other.ps1'." }
        @{ What = 'a range as a script'; Tasks = @(@{ Script = '0400-0499' }); Id = 'TaskScriptNotOne'; Message = "Task 1 ('0400-0499'): Script '0400-0499' means 2 scripts, but a task runs one." }
        @{ What = 'a pattern of no script'; Tasks = @(@{ Script = '06*' }); Id = 'TaskScriptNotOne'; Message = "Task 1 ('06*'): Script '06*' means 0 scripts, but a task runs one." }
        @{ What = 'a block as a script'; Tasks = @(@{ Script = { 1 } }); Id = 'TaskValueInvalid'; Message = 'Task 1: Script is a script block, but has to be the number, name or path of a script.' }
        @{ What = 'text as a block'; Tasks = @(@{ ScriptBlock = 'x' }); Id = 'TaskValueInvalid'; Message = "Task 1: ScriptBlock is 'x', but has to be a script block." }
        @{ What = 'a block as a command'; Tasks = @(@{ Command = { } }); Id = 'TaskValueInvalid'; Message = 'Task 1: Command is a script block, but has to be the text of a command.' }
        @{ What = 'a blank name'; Tasks = @(@{ Name = ' '; Command = 'x' }); Id = 'TaskValueInvalid'; Message = "Task 1 ('x'): Name is ' ', but has to be text that is not blank." }
    ) {
        $refusal = Get-Refusal $Tasks
        "$refusal" | Should -BeLike ($Message -replace '\[', '`[')
        $refusal.FullyQualifiedErrorId | Should -BeLike "$Id*"
        $refusal.ErrorDetails.RecommendedAction | Should -Not -BeNullOrEmpty
    }

    It '<Key> <Value>' -ForEach @(
        @{ Key = 'Timeout'; Value = 'soon'; Text = "'soon'"; Expected = 'a TimeSpan or a number of seconds from 0 to 31,536,000' }
        @{ Key = 'Timeout'; Value = -1; Text = '-1'; Expected = 'a TimeSpan or a number of seconds from 0 to 31,536,000' }
        @{ Key = 'Timeout'; Value = [double]::NaN; Text = 'NaN'; Expected = 'a TimeSpan or a number of seconds from 0 to 31,536,000' }
        @{ Key = 'RetryDelay'; Value = $true; Text = '$true'; Expected = 'a TimeSpan or a number of seconds from 0 to 31,536,000' }
        @{ Key = 'RetryCount'; Value = -1; Text = '-1'; Expected = 'a whole number from 0 to 2,147,483,646' }
        @{ Key = 'RetryBackoff'; Value = 'slow'; Text = "'slow'"; Expected = 'Fixed or Exponential' }
        @{ Key = 'RetryBackoff'; Value = @{}; Text = 'a table'; Expected = 'Fixed or Exponential' }
        @{ Key = 'Weight'; Value = 0; Text = '0'; Expected = 'a whole number from 1 to 2,147,483,647' }
        @{ Key = 'Weight'; Value = ''; Text = "''"; Expected = 'a whole number from 1 to 2,147,483,647' }
        @{ Key = 'Weight'; Value = 'two'; Text = "'two'"; Expected = 'a whole number from 1 to 2,147,483,647' }
        @{ Key = 'Priority'; Value = 40000; Text = '40000'; Expected = 'a whole number from -32,768 to 32,767' }
        @{ Key = 'ContinueOnError'; Value = 'false'; Text = "'false'"; Expected = '$true or $false' }
        @{ Key = 'OnResume'; Value = 'never'; Text = "'never'"; Expected = 'Rerun or Skip or Fail' }
        @{ Key = 'Memo'; Value = 0; Text = '0'; Expected = '$true, $false, or a time above zero, for how long the result is good' }
        @{ Key = 'Memo'; Value = 'yes'; Text = "'yes'"; Expected = '$true, $false, or a time above zero, for how long the result is good' }
        @{ Key = 'Condition'; Value = '$IsLinux'; Text = "'`$IsLinux'"; Expected = 'a script block, $true or $false' }
        @{ Key = 'Parameters'; Value = @(1, 2); Text = 'a list'; Expected = 'a table of parameters, each once' }
        @{ Key = 'DependsOn'; Value = @('a', ''); Text = 'a list'; Expected = 'text that is not blank, or a list of such' }
        @{ Key = 'Inputs'; Value = @{ A = 1 }; Text = 'a table'; Expected = 'text that is not blank, or a list of such' }
        @{ Key = 'Group'; Value = @(1); Text = 'a list'; Expected = 'text that is not blank' }
    ) {
        $refusal = Get-Refusal @{ Command = 'y' }, @{ Name = 'a'; Command = 'x'; $Key = $Value }
        "$refusal" | Should -Be "Task 2 ('a'): $Key is $Text, but has to be $Expected."
        $refusal.FullyQualifiedErrorId | Should -BeLike 'TaskValueInvalid*'
    }
}

Describe 'What the engine is given' {
    BeforeAll {
        $full = @(
            @{ Name = 'a'; ScriptBlock = { } }
            @{
                Name = 'b'; Script = '0407'; Parameters = @{ X = 1 }; DependsOn = 'A'; Phase = 2; Group = 'disk'; Weight = 2
                Priority = 5; Timeout = 1.5; RetryCount = 3; RetryDelay = '0:00:02'; RetryBackoff = 'Exponential'
                ContinueOnError = $true; OnResume = 'Fail'; Memo = $true; Inputs = 'x.txt'; Condition = { $true }
            }
            @{ Name = 'c'; Command = 'x'; Finally = $true; Timeout = 0; RetryCount = 0 }
        )
    }

    It 'is all that it has to know, and nothing of what is run' {
        $tasks = (Get-Json $full | ConvertFrom-Json).tasks
        $tasks[0] | ConvertTo-Json -Compress | Should -Be (
            '{"name":"a","kind":"host","dependsOn":[],"after":[],"weight":1,"priority":0,"conditional":false,"finally":false,"continueOnError":false}')
        $tasks[1] | ConvertTo-Json -Compress | Should -Be (
            '{"name":"b","kind":"host","dependsOn":["a"],"after":[],"phase":2,"group":"disk","weight":2,"priority":5,"timeoutSeconds":1.5,' +
            '"retry":{"count":3,"delaySeconds":2,"exponential":true,"jitter":0},"conditional":true,"finally":false,"continueOnError":true,"onResume":"fail"}')
        $tasks[2] | ConvertTo-Json -Compress | Should -Be (
            '{"name":"c","kind":"host","dependsOn":[],"after":[],"weight":1,"priority":0,"conditional":false,"finally":true,"continueOnError":false}')
    }

    It 'is a graph to it' {
        # Without a pool it does no work of the host's, and says so after it has read and checked everything else.
        $problem = try { [OrchestrationEngine.Native.Run]::Start((Get-Json $full)) } catch { $_.Exception.InnerException }
        $problem.Status | Should -Be 'InvalidArgument' -Because "$problem"
    }

    It 'is refused by it if it goes in a circle' {
        $circle = @{ Name = 'a'; Command = 'x'; DependsOn = 'b' }, @{ Name = 'b'; Command = 'x'; DependsOn = 'a' }
        $problem = try { [OrchestrationEngine.Native.Run]::Start((Get-Json $circle)) } catch { $_.Exception.InnerException }
        $problem.Status | Should -Be 'InvalidGraph' -Because "$problem"
    }
}
