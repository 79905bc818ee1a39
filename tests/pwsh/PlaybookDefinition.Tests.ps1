# New-PlaybookDefinition, New-ScriptStep, New-ConditionalStep, New-ParallelStep: playbooks made in PowerShell.
[Diagnostics.CodeAnalysis.SuppressMessageAttribute('PSUseDeclaredVarsMoreThanAssignments', '', Justification = 'Pester reads them in other blocks.')]
param()

BeforeAll {
    . (Join-Path $PSScriptRoot 'TestSetup.ps1')

    function Get-Json($Definition) { $Definition | ConvertTo-Json -Depth 20 -Compress }
}

Describe 'A step' {
    It 'that runs a command is a table in order' {
        Get-Json (New-ScriptStep -Name "Check Prerequisites" -Command "Test-Path C:/App/config.json" -Condition '$env.context -eq "prod"') |
            Should -BeExactly '{"name":"Check Prerequisites","type":"script","condition":"$env.context -eq \"prod\"","command":"Test-Path C:/App/config.json","shell":"powershell"}'
    }

    It 'has a key for each parameter that is given' {
        $step = New-ScriptStep fetch 'curl "{{url}}"' -Shell bash -Description 'gets it' -DependsOn a, b -TimeoutSeconds 1.5 -ContinueOnError -Group net -Approval 'Fetch it?' -Isolation Process -SuccessCodes 0, 22 `
            -Parameters @{ p = 1 } -Environment @{ E = 'e' } -ForEach 1, 2 -RetryCount 2 -RetryDelay 0.5 -Rollback @{ name = 'undo'; command = 'rm' }
        Get-Json $step | Should -BeExactly ('{"name":"fetch","type":"script","command":"curl \"{{url}}\"","shell":"bash","parameters":{"p":1},"environment":{"E":"e"},' +
            '"isolation":"Process","successCodes":[0,22],"forEach":[1,2],"retryCount":2,"retryDelay":0.5,"rollback":[' + (Get-Json $step.rollback[0]) + '],"description":"gets it","dependsOn":["a","b"],"timeoutSeconds":1.5,"continueOnError":true,"group":"net","approval":"Fetch it?"}')
    }

    It 'runs a script block or a script instead' {
        Get-Json (New-ScriptStep -Name b -Path 0407 -Parameters @{ Fast = $true }) | Should -BeExactly '{"name":"b","type":"script","script":"0407","parameters":{"Fast":true}}'
        (New-ScriptStep -Name a -ScriptBlock { 1 + 1 }).inline.ToString().Trim() | Should -Be '1 + 1'
        (New-ScriptStep -Name c -Command x -ForEach Servers).forEach | Should -BeExactly 'Servers'
    }

    It 'that decides has its branches, and the one that is not given is not there' {
        $conditionalStep = New-ConditionalStep -Name "Environment Check" -Condition '$params.environment -eq "prod"' -ThenSteps @(
            New-ScriptStep -Name "Prod Backup" -Command "Backup-Database -Full"
        ) -ElseSteps @(
            New-ScriptStep -Name "Dev Backup" -Command "Backup-Database -Incremental"
        )
        $conditionalStep.type | Should -BeExactly 'condition'
        $conditionalStep.then.name | Should -BeExactly 'Prod Backup'
        $conditionalStep.else.command | Should -BeExactly 'Backup-Database -Incremental'
        (New-ConditionalStep -Name x -Condition '$true' -ThenSteps @{ command = 'x' }).Contains('else') | Should -BeFalse
    }

    It 'that runs others at once has them, and their limit' {
        $parallelStep = New-ParallelStep -Name "Multi-Server Deploy" -ParallelSteps @(
            New-ScriptStep -Name "Deploy Server1" -Command "Deploy-ToServer -Server srv1"
            New-ScriptStep -Name "Deploy Server2" -Command "Deploy-ToServer -Server srv2"
            New-ScriptStep -Name "Deploy Server3" -Command "Deploy-ToServer -Server srv3"
        )
        $parallelStep.parallel.name | Should -Be 'Deploy Server1', 'Deploy Server2', 'Deploy Server3'
        $parallelStep.Contains('throttleLimit') | Should -BeFalse
        (New-ParallelStep -Name x -ThrottleLimit 2).throttleLimit | Should -Be 2
    }

    It 'takes steps as they come: ordered, plain and made by cmdlets' {
        $steps = (New-ScriptStep -Name a -Command 1), @{ name = 'b' }, ([ordered]@{ name = 'c' })
        (New-ParallelStep -Name x -ParallelSteps $steps).parallel.name | Should -Be a, b, c
        (New-ConditionalStep -Name x -Condition 1 -ThenSteps $steps).then.name | Should -Be a, b, c
        (New-PlaybookDefinition -Name x -Steps $steps).steps.name | Should -Be a, b, c
        (New-PlaybookDefinition -Name x -Steps ([ordered]@{ name = 'alone' })).steps.name | Should -Be alone
    }

    It 'is refused: <Name>' -ForEach @(
        @{ Name = 'that is $null'; Call = { New-PlaybookDefinition -Name x -Steps @($null) }; Id = 'ParameterArgumentValidationError*' }
        @{ Name = 'that is no table'; Call = { New-ParallelStep -Name x -ParallelSteps 'a', 'b' }; Id = 'CannotConvertArgument*' }
        @{ Name = 'without a command'; Call = { New-ScriptStep -Name x -Command '' }; Id = 'ParameterArgumentValidationError*' }
        @{ Name = 'with two of them'; Call = { New-ScriptStep -Name x -Command y -Path z }; Id = 'AmbiguousParameterSet*' }
        @{ Name = 'with a negative time'; Call = { New-ScriptStep -Name x -Command y -TimeoutSeconds -1 }; Id = 'ParameterArgumentValidationError*' }
        @{ Name = 'with no number of retries'; Call = { New-ScriptStep -Name x -Command y -RetryCount -1 }; Id = 'ParameterArgumentValidationError*' }
        @{ Name = 'with too high a limit'; Call = { New-ParallelStep -Name x -ThrottleLimit 1025 }; Id = 'ParameterArgumentValidationError*' }
    ) {
        $Call | Should -Throw -ErrorId $Id
    }
}

Describe 'A playbook' {
    It 'is a table that can be read and added to like any hashtable' {
        $playbook = New-PlaybookDefinition -Name "Quick Deploy" -Steps @(
            New-ScriptStep -Name "Validate" -Command "Test-Path ./deploy"
            New-ScriptStep -Name "Deploy" -Command "./deploy/Deploy-App.ps1"
        )
        $playbook.Keys | Should -Be name, version, parameters, requiredModules, steps
        $playbook.version | Should -BeExactly '1.0'
        $playbook.NAME | Should -BeExactly 'Quick Deploy'
        $playbook.parameters.target = @{ type = 'string' }
        $playbook.steps += New-ScriptStep -Name "Verify" -Command "Test-It"
        $playbook.steps.name | Should -Be Validate, Deploy, Verify
        ([hashtable] $playbook).steps.Count | Should -Be 3
    }

    It 'has what is given of parameters, variables, options, modules and steps at the end' {
        $playbook = New-PlaybookDefinition -Name all -Description d -Version 2.0 -Parameters @{ p = 1 } -Variables @{ v = 2 } -Options @{ Parallel = $true } `
            -RequiredModules Pester -Steps @{ command = 'x' } -Finally @{ command = 'y' }
        Get-Json $playbook | Should -BeExactly '{"name":"all","description":"d","version":"2.0","parameters":{"p":1},"variables":{"v":2},"options":{"Parallel":true},"requiredModules":["Pester"],"steps":[{"command":"x"}],"finally":[{"command":"y"}]}'
    }

    It 'mixes steps of cmdlets with tables, as in the guide' {
        $patchWorkflow = New-PlaybookDefinition -Name "Automated Patching" -Steps @(
            New-ScriptStep -Name "Check Git Status" -Command "git status --porcelain"
            @{
                name = "Create Patch"
                type = "module"
                module = "PatchManager"
                function = "New-Patch"
                parameters = @{
                    Description = "Automated infrastructure updates"
                    Mode = "Standard"
                }
            }
        )
        $patchWorkflow.steps.name | Should -Be 'Check Git Status', 'Create Patch'
        $patchWorkflow.steps[1].parameters.Mode | Should -BeExactly 'Standard'
    }

    It 'with a comma after a command is refused by PowerShell itself, which takes what follows for an argument' {
        $snippet = @'
New-PlaybookDefinition -Name "Production Deployment" -Steps @(
    New-ParallelStep -Name "Pre-flight Checks" -ParallelSteps @(
        New-ScriptStep -Name "Check Services" -Command "Test-ServiceHealth"
    ),

    New-ScriptStep -Name "Create Backup" -Command "New-SystemBackup -Label 'pre-deploy'"
)
'@
        { & ([scriptblock]::Create($snippet)) } | Should -Throw -ErrorId '*,OrchestrationEngine.PowerShell.Cmdlets.NewParallelStepCommand'
    }
}

Describe 'Completion of -Shell' {
    It 'offers the shells that begin as what is there, each with what it is' {
        $text = 'New-ScriptStep -Name a -Command b -Shell p'
        $offered = (TabExpansion2 $text $text.Length).CompletionMatches
        $offered.CompletionText | Should -Be powershell, python
        $offered.ToolTip | Should -Match '^\w+.*\w$'
    }
}
