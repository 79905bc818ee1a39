# Invoke-PlaybookWorkflow and its relatives: what a playbook does in PowerShell.
[Diagnostics.CodeAnalysis.SuppressMessageAttribute('PSUseDeclaredVarsMoreThanAssignments', '', Justification = 'BeforeAll and -ForEach hand variables to other blocks')]
param()

BeforeAll {
    . (Join-Path $PSScriptRoot 'TestSetup.ps1')
    . (Join-Path $PSScriptRoot 'WorkflowSetup.ps1')
}

AfterAll { Remove-WorkflowFolder }

Describe 'Invoke-PlaybookWorkflow' {
    It 'gives one object that says what came of each step' {
        $before = [datetime]::Now
        $result = Invoke-PlaybookWorkflow -PlaybookDefinition @{
            name  = 'All kinds'
            steps = @(
                @{ name = 'one'; command = '1; "two"' }
                @{ name = 'choice'; type = 'condition'; condition = '$env.context -eq "prod"'; then = @(@{ name = 'yes'; command = '"y"' }); else = @(@{ name = 'no'; command = '"n"' }) }
                @{ name = 'both'; type = 'parallel'; parallel = @(@{ name = 'a'; command = '"a"' }, @{ name = 'b'; command = '"b"' }) }
                @{ name = 'last'; command = '$params.x; $env.context' }
            )
        } -Parameters @{ x = 7 } -EnvironmentContext staging
        $result.GetType().FullName | Should -Be 'OrchestrationEngine.PowerShell.PlaybookWorkflow'
        $result.Results | ForEach-Object { "$($_.StepNumber) $($_.StepName) $($_.StepType) $($_.Status) $($_.Success) [$($_.Output -join ',')] $($_.Attempts)" } | Should -Be @(
            '1 one script Succeeded True [1,two] 1', '2 choice condition Succeeded True [] 0', '3 choice/then condition Skipped False [] 0',
            '4 choice/then/yes script Skipped False [] 0', '5 choice/else condition Succeeded True [] 0', '6 choice/else/no script Succeeded True [n] 1',
            '7 both parallel Succeeded True [] 0', '8 both/a script Succeeded True [a] 1', '9 both/b script Succeeded True [b] 1', '10 last script Succeeded True [7,staging] 1')
        $result.Success, $result.Status, $result.StepsExecuted, $result.Errors.Count, $result.PlaybookName | Should -Be $true, 'Completed', 5, 0, 'All kinds'
        $result.WorkflowId | Should -Match '^workflow-\d{8}-\d{6}-\d{4}$'
        $result.StartTime | Should -BeGreaterOrEqual $before
        $result.Results[0].StartTime | Should -BeLessOrEqual $result.Results[-1].StartTime
        $result.Results[0].Output[0] | Should -BeOfType [int]
    }

    It 'says at the end what failed first, skips the rest, and makes $? false' {
        $playbook = @{ name = 'Fails'; steps = @(@{ name = 'a'; command = '1' }, @{ name = 'b'; command = '"before"; throw "no disk"' }, @{ name = 'c'; command = '3' }) }
        $result = Invoke-PlaybookWorkflow -PlaybookDefinition $playbook -ErrorVariable written -ErrorAction SilentlyContinue
        $succeeded = $?
        $succeeded | Should -BeFalse
        $result.Results | ForEach-Object { "$_ [$($_.Output)] $($_.Error) $($_.Reason)" } |
            Should -Be 'a: Succeeded [1]  ', 'b: Failed [before] no disk ', "c: Skipped []  It waits for 'b', which did not succeed."
        "$($result.Status) $($result.Success) $($result.Errors) | $($result.Error)" | Should -Be "Failed False Step 'b' failed: no disk | Step 'b' failed: no disk"
        $written.Count | Should -Be 1
        $written[0].FullyQualifiedErrorId | Should -Be 'WorkflowFailed,OrchestrationEngine.PowerShell.Cmdlets.InvokePlaybookWorkflowCommand'
        "$($written[0])" | Should -Be "The playbook 'Fails' failed: Step 'b' failed: no disk (1 of 3 steps succeeded)"
        $written[0].TargetObject | Should -Be $result
        $written[0].ErrorDetails.RecommendedAction | Should -BeLike "*Resume-PlaybookWorkflow '$($result.WorkflowId)'*"
    }

    It 'shows each step in one piece, with its records in their streams' {
        function Write-Everything { 'out'; Write-Warning 'warned'; Write-Error 'erred'; Write-Information 'informed'; Write-Host 'hosted'; Write-Verbose 'told' -Verbose; [pscustomobject]@{ A = 1 } }
        $all = Invoke-PlaybookWorkflow -NoState -InformationAction Continue -WarningAction Continue -PlaybookDefinition @{ name = 'p'; steps = @(@{ name = 's'; command = 'Write-Everything' }) } *>&1
        $succeeded = $?
        $succeeded | Should -BeTrue
        $all | Select-Object -SkipLast 1 | Get-StreamText | ForEach-Object { $_ -replace '\d+\.\d\d s', '_ s' } | Should -Be @(
            'information   + s (_ s)', 'information     | out', 'warning warned', 'error erred', 'information informed', 'information hosted',
            'information     | A', 'information     | -', 'information     | 1')
        $all[-1].Success | Should -BeTrue
        $all[-1].Results[0].Errors | Should -Be 'erred'
    }

    It 'lets PowerShell decide what has to hold before and after' {
        $playbook = @{
            name       = 'p'
            validation = @{
                preConditions  = @(@{ name = 'room'; condition = '(Test-Room) -eq $true'; message = "it's full" })
                postConditions = @(@{ name = 'made'; condition = '$steps.a.output -match "^made" -and (Get-Random -Minimum 1 -Maximum 2) -eq 2'; message = 'nothing was made' })
            }
            steps      = @(@{ name = 'a'; command = "'made it'" }, @{ name = 'b'; command = '2'; dependsOn = @('a') })
        }
        function Test-Room { $false }
        $result = Invoke-PlaybookWorkflow -NoState -PlaybookDefinition $playbook -ErrorAction SilentlyContinue
        $result.Results | ForEach-Object { "$_ $($_.Error)".TrimEnd() } |
            Should -Be "precondition room: Failed it's full", 'a: Skipped', 'b: Skipped', 'postcondition made: Skipped'
        function Test-Room { $true }
        $result = Invoke-PlaybookWorkflow -NoState -PlaybookDefinition $playbook -ErrorAction SilentlyContinue
        $result.Results | ForEach-Object { "$_ $($_.Error)".TrimEnd() } |
            Should -Be 'precondition room: Succeeded', 'a: Succeeded', 'b: Succeeded', 'postcondition made: Failed nothing was made'
        $result.Status | Should -Be 'Failed'
    }

    It 'shows objects of a kind as one table' {
        $command = "[pscustomobject]@{ A = 1; B = 'x' }; [pscustomobject]@{ A = 22; B = 'y' }; 'text'"
        $all = Invoke-PlaybookWorkflow -NoState -InformationAction Continue -PlaybookDefinition @{ name = 'p'; steps = @(@{ name = 's'; command = $command }) } 6>&1
        # Between the line that says how the step ended, and the result.
        $all[1..($all.Count - 2)] | ForEach-Object { "$_".TrimEnd() } | Should -Be @(
            '    |  A B', '    |  - -', '    |  1 x', '    | 22 y', '    | text')
        $all[-1].Results[0].Output[-1] | Should -Be 'text'
    }

    It 'is not ended by an error that a step goes on after, whatever the caller prefers' {
        $ErrorActionPreference = 'Stop'
        $result = Invoke-PlaybookWorkflow -PlaybookDefinition @{ name = 'p'; steps = @(@{ name = 's'; command = 'Write-Error x; "went on"' }) }
        "$($result.Status) $($result.Results[0].Output) $($result.Results[0].Errors)" | Should -Be 'Completed went on x'
    }

    It 'throws what failed where the caller asks for it' {
        { Invoke-PlaybookWorkflow -ErrorAction Stop -PlaybookDefinition @{ name = 'p'; steps = @(@{ name = 's'; command = 'throw "x"' }) } } |
            Should -Throw -ErrorId 'WorkflowFailed,*' -ExpectedMessage "The playbook 'p' failed: Step 's' failed: x (0 of 1 steps succeeded)"
    }

    It 'finds functions, aliases and modules of the caller' {
        function Get-Own { 'own' }
        Set-Alias go Get-Own
        $module = New-Module -Name OeWorkflowTest { function Get-OfModule { 'of module' } } | Import-Module -PassThru -Scope Local
        try {
            $result = Invoke-PlaybookWorkflow -PlaybookDefinition @{ name = 'p'; steps = @(@{ command = 'Get-Own; go' }) }
            $result.Results[0].Output | Should -Be 'own', 'own'
        } finally { $module | Remove-Module }
    }

    It 'hands the objects themselves to later steps' {
        $result = Invoke-PlaybookWorkflow -PlaybookDefinition @{ name = 'p'; steps = @(
                @{ name = 'make'; command = '[IO.FileInfo]::new("/x/y.txt"); [version]"1.2"' }
                @{ name = 'use'; command = '$steps.make.output[0].GetType().Name; $steps.make.output[1].Minor; $steps.make.status' })
        }
        $result.Results[1].Output | Should -Be 'FileInfo', 2, 'Succeeded'
    }

    It 'tells a step what it is' {
        $result = Invoke-PlaybookWorkflow -WorkflowId 'my-own-id' -PlaybookDefinition @{ name = 'p'; steps = @(@{ name = 'me'; command = '"$($Orchestration.TaskName) $($Orchestration.RunId) $($Orchestration.Attempt)"' }) }
        "$($result.WorkflowId) $($result.Results[0].Output)" | Should -Be 'my-own-id me my-own-id 1'
    }

    It 'runs scripts with the exit codes of playbooks' {
        Set-Content "$folder/reboot.ps1" 'exit 3010'
        Set-Content "$folder/fails.ps1" 'exit 7'
        $result = Invoke-PlaybookWorkflow -ErrorAction SilentlyContinue -ExecutionMode conditional -PlaybookDefinition @{ Name = 'p'; Sequence = @(@{ Script = 'reboot' }, @{ Script = 'fails' }) }
        $result.Results | ForEach-Object { "$_ $($_.ExitCode) $($_.RebootRequired) $($_.Error)" } |
            Should -Be 'reboot: Succeeded 3010 True ', 'fails: Failed 7 False It ended with exit code 7.'
        $result.RebootRequired | Should -BeTrue
    }

    It 'reads in conditions with which code a step succeeded' {
        Set-Content "$folder/reboot.ps1" 'exit 3010'
        $result = Invoke-PlaybookWorkflow -PlaybookDefinition @{ Name = 'p'; Sequence = @(
                @{ Script = 'reboot' }
                @{ Name = 'reads'; Command = '"read $($steps.reboot.exitCode)"'; Condition = '$LASTEXITCODE -eq 3010' })
        }
        $result.Results | ForEach-Object { "$_ $($_.Output)" } | Should -Be 'reboot: Succeeded ', 'reads: Succeeded read 3010'
    }

    It 'tries again, and counts' {
        $count = [Collections.Generic.List[int]]::new()
        Set-Shared $count
        $result = Invoke-PlaybookWorkflow -PlaybookDefinition @{ name = 'p'; steps = @(@{ name = 'flaky'; retryCount = 3; command = '$c = Get-Shared; $c.Add(1); if ($c.Count -lt 3) { throw "not yet" }; $c.Count' }) }
        "$($result.Results[0].Status) $($result.Results[0].Attempts) $($result.Results[0].Output)" | Should -Be 'Succeeded 3 3'
    }

    It 'runs programs of other shells' {
        if ($IsWindows) { Set-ItResult -Skipped -Because 'Windows has no sh, whose commands these are'; return }
        $result = Invoke-PlaybookWorkflow -ErrorAction SilentlyContinue -PlaybookDefinition @{ name = 'p'; steps = @(
                @{ name = 'sh'; shell = 'sh'; command = 'echo "a {{x}}"; echo b; echo e >&2' }
                @{ name = 'bad'; shell = 'sh'; command = 'exit 4' })
        } -Parameters @{ x = '$(id); "' }
        $result.Results[0].Output | Should -Be 'a $(id); "', 'b'
        $result.Results[0].ErrorOutput.Trim() | Should -Be e
        "$($result.Results[1].Status) $($result.Results[1].ExitCode)" | Should -Be 'Failed 4'
    }

    It 'runs playbooks by name and by path' {
        $null = New-Item -ItemType Directory -Force "$folder/orchestration/playbooks"
        Set-Content "$folder/orchestration/playbooks/greet.json" '{ "name": "greet", "steps": [ { "name": "hi", "command": "\"hi $($params.who)\"" } ] }'
        (Invoke-PlaybookWorkflow greet -Parameters @{ who = 'a' }).Results.Output | Should -Be 'hi a'
        (Invoke-PlaybookWorkflow -Path ./orchestration/playbooks/greet.json -Parameters @{ who = 'b' }).Results.Output | Should -Be 'hi b'
        (Invoke-AitherPlaybook -Name greet -Variables @{ who = 'c' }).Results.Output | Should -Be 'hi c'
        (@{ name = 'piped'; steps = @(@{ command = '1' }) } | Invoke-PlaybookWorkflow).PlaybookName | Should -Be piped
    }

    It 'does nothing but say what it would do: <Name>' -ForEach @(
        @{ Name = '-DryRun'; Switch = @{ DryRun = $true } }
        @{ Name = '-WhatIf'; Switch = @{ WhatIf = $true } }
    ) {
        $ran = [Collections.Generic.List[int]]::new()
        Set-Shared $ran
        $playbook = @{ name = 'p'; steps = @(@{ name = 'a'; command = '(Get-Shared).Add(1)' }, @{ name = 'b'; type = 'parallel'; parallel = @(@{ name = 'c'; command = '(Get-Shared).Add(1)' }) }) }
        $result = Invoke-PlaybookWorkflow -PlaybookDefinition $playbook @Switch
        $result.Results | ForEach-Object { "$_" } | Should -Be 'a: Planned', 'b: Planned', 'b/c: Planned'
        "$($result.Success) $($result.DryRun) $($result.StepsExecuted) $($result.TotalSteps)" | Should -Be 'True True 0 2'
        $ran.Count | Should -Be 0
    }

    It 'writes a log of each workflow, and waits for no approval that was given' {
        $playbook = @{ name = 'logged'; steps = @(@{ name = 'gate'; approval = 'Is it right?'; command = '"approved"' }) }
        { Invoke-PlaybookWorkflow -PlaybookDefinition $playbook } | Should -Throw -ErrorId 'PlaybookRefused,*' -ExpectedMessage '*approval*'
        $result = Invoke-PlaybookWorkflow -Approve -PlaybookDefinition $playbook
        $result.Results.Output | Should -Be approved
        @(Get-ChildItem "$folder/orchestration/logs" -Recurse -File | Where-Object Name -Match $result.WorkflowId).Count | Should -BeGreaterThan 0
    }

    It 'takes a preference of the caller for -WhatIf' {
        $WhatIfPreference = $true
        (Invoke-PlaybookWorkflow -PlaybookDefinition @{ name = 'p'; steps = @(@{ command = 'throw 1' }) }).DryRun | Should -BeTrue
    }

    It 'runs a playbook without steps, and one of 1,000' {
        (Invoke-PlaybookWorkflow -ErrorAction SilentlyContinue -ErrorVariable none -DryRun -PlaybookDefinition @{ name = 'none'; steps = @() }).TotalSteps | Should -Be 0
        $result = Invoke-WithLimit -LimitSeconds 240 -ArgumentList $folder {
            param($folder)
            Set-Location $folder
            Invoke-PlaybookWorkflow -NoState -InformationAction Ignore -ExecutionMode parallel -PlaybookDefinition @{ name = 'many'; steps = @(1..1000 | ForEach-Object { @{ name = "s$_"; command = "$_" } }) }
        }
        "$($result.Status) $($result.StepsExecuted) $($result.TotalSteps)" | Should -Be 'Completed 1000 1000'
        ($result.Results.Output | Measure-Object -Sum).Sum | Should -Be 500500
    }
}

Describe 'A playbook that cannot be used' {
    It 'is refused before anything starts: <Name>' -ForEach @(
        @{ Name = 'no such playbook'; Arguments = @{ PlaybookName = 'oe-none' }; Id = 'PlaybookNotFound'; Message = '*oe-none*' }
        @{ Name = 'a type that there is not'; Arguments = @{ PlaybookDefinition = @{ name = 'p'; steps = @(@{ name = 'ok'; command = '(Get-Shared).Add(1)' }, @{ name = 'x'; type = 'scripd' }) } }; Id = 'PlaybookRefused'; Message = '*scripd*' }
        @{ Name = 'a parameter that is missing'; Arguments = @{ PlaybookDefinition = @{ name = 'p'; parameters = @{ who = @{ required = $true } }; steps = @(@{ command = '(Get-Shared).Add(1)' }) } }; Id = 'PlaybookRefused'; Message = '*who*' }
        @{ Name = 'a value that is not allowed'; Arguments = @{ Parameters = @{ s = 'c' }; PlaybookDefinition = @{ name = 'p'; parameters = @{ s = @{ allowed = 'a', 'b' } }; steps = @(@{ command = '(Get-Shared).Add(1)' }) } }; Id = 'PlaybookRefused'; Message = '*may not be `c`*' }
        @{ Name = 'a script that is not there'; Arguments = @{ PlaybookDefinition = @{ Name = 'p'; Sequence = @(@{ Command = '(Get-Shared).Add(1)'; Name = 'a' }, @{ Script = '9876' }) } }; Id = 'PlaybookRefused'; Message = '*9876*' }
        @{ Name = 'a value without a form'; Arguments = @{ Parameters = @{ x = [Threading.Thread]::CurrentThread }; PlaybookDefinition = @{ name = 'p'; steps = @(@{ command = '(Get-Shared).Add(1)' }) } }; Id = 'DefinitionValueNotPlain'; Message = '*-Parameters*x*' }
    ) {
        $ran = [Collections.Generic.List[int]]::new()
        Set-Shared $ran
        { Invoke-PlaybookWorkflow @Arguments } | Should -Throw -ErrorId "$Id,*" -ExpectedMessage $Message.Replace('`', '``')
        $ran.Count | Should -Be 0
    }

    It 'is named with its file, line and column' {
        Set-Content "$folder/bad.psd1" "@{`n  Name = 'bad'`n  Steps = @(`n    @{ Name = 'x'; Typ = 'script'; Command = '1'; Timeout = 'soon' }`n  )`n}"
        { Invoke-PlaybookWorkflow -Path "$folder/bad.psd1" } | Should -Throw -ErrorId 'PlaybookRefused,*' -ExpectedMessage "*bad.psd1:4:*soon*"
    }

    It 'says so and has no success with -DryRun' {
        $result = Invoke-PlaybookWorkflow -DryRun -ErrorAction SilentlyContinue -ErrorVariable problem -PlaybookDefinition @{ name = 'p'; steps = @(@{ name = 'x'; type = 'scripd' }) }
        $result.Success | Should -BeFalse
        $problem[0].FullyQualifiedErrorId | Should -BeLike 'PlaybookRefused,*'
    }
}
