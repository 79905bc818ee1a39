# The playbooks of the guides, as they are written there: each is one, and is planned as it says.
[Diagnostics.CodeAnalysis.SuppressMessageAttribute('PSUseDeclaredVarsMoreThanAssignments', '', Justification = 'Pester reads them in other blocks.')]
param()

BeforeAll {
    . (Join-Path $PSScriptRoot 'TestSetup.ps1')

    $project = (New-Item -ItemType Directory (Join-Path $TestDrive 'project/orchestration/playbooks') -Force).FullName
    $kept = @{ OE_HOME = $env:OE_HOME; OE_PLAYBOOK_PATH = $env:OE_PLAYBOOK_PATH; OE_SCRIPT_PATH = $env:OE_SCRIPT_PATH }
    $env:OE_HOME = $env:OE_PLAYBOOK_PATH = $env:OE_SCRIPT_PATH = $null
    Push-Location (Join-Path $TestDrive 'project')

    # A script of each number and name that a playbook of the guides runs.
    $scripts = (New-Item -ItemType Directory 'automation-scripts').FullName
    '0100_a', '0200_a', '0201_a', '0300_a', '0407_a', '0515_a', '0520_a', '0521_a', '0522_a', '0523_a', '0524_a', '0902_a', 'run-unit-tests' |
        ForEach-Object { Set-Content (Join-Path $scripts "$_.ps1") "'ran'" }

    function Get-Plan([string] $Text) {
        [IO.File]::WriteAllText((Join-Path $project 'guide.psd1'), $Text)
        $test = Test-PlaybookDefinition guide
        "$($test.Errors)" | Should -BeNullOrEmpty
        "$($test.Warnings)" | Should -BeNullOrEmpty
        Get-PlaybookPlan guide
    }
}

AfterAll {
    Pop-Location
    $kept.GetEnumerator() | ForEach-Object { Set-Item "env:$($_.Key)" $_.Value }
}

Describe 'A sequence of the guide' {
    It 'runs one after the other' {
        $plan = Get-Plan @'
@{
    Name = "pr-ecosystem-build"
    Sequence = @(
        @{ Script = "0407"; Description = "Syntax validation" }
        @{ Script = "0515"; Description = "Generate metadata" }
        @{ Script = "0902"; Description = "Create package" }
    )
    Options = @{
        Parallel = $false  # Sequential execution
    }
}
'@
        $plan.Name | Should -Be 'pr-ecosystem-build'
        $plan.Steps.Wave | Should -Be 1, 2, 3
        $plan.Steps.Description | Should -Be 'Syntax validation', 'Generate metadata', 'Create package'
        $plan.NeedsPowerShell.Count | Should -Be 3
    }

    It 'runs beside each other' {
        $plan = Get-Plan @'
@{
    Name = "metrics-collection"
    Sequence = @(
        @{ Script = "0520"; Parallel = $true }  # Ring metrics
        @{ Script = "0521"; Parallel = $true }  # Workflow metrics
        @{ Script = "0522"; Parallel = $true }  # Code metrics
        @{ Script = "0523"; Parallel = $true }  # Test metrics
        @{ Script = "0524"; Parallel = $true }  # Quality metrics
    )
    Options = @{
        Parallel = $true
        MaxConcurrency = 5
    }
}
'@
        $plan.ThrottleLimit | Should -Be 5
        $plan.Steps.Wave | Should -Be 1, 1, 1, 1, 1
    }

    It 'waits for what it depends on' {
        $plan = Get-Plan @'
@{
    Sequence = @(
        @{ Script = "0100"; Phase = "setup" }
        @{ Script = "0200"; Phase = "build"; Parallel = $true; Dependencies = @("0100") }
        @{ Script = "0201"; Phase = "build"; Parallel = $true; Dependencies = @("0100") }
        @{ Script = "0300"; Phase = "test"; Dependencies = @("0200", "0201") }
    )
}
'@
        $plan.Name | Should -Be 'guide'
        $plan.Steps.Wave | Should -Be 1, 2, 2, 3
        # The setup, too: phases follow each other.
        $plan.Steps[3].Needs | Should -Be '0100', '0200', '0201'
    }

    It 'runs one script several times, each with parameters of its own' {
        $plan = Get-Plan @'
# playbook: parallel-test-suite.psd1
@{
    Name = "parallel-test-suite"
    Description = "Run test suites in parallel on single runner"
    
    Sequence = @(
        @{
            Script = "run-unit-tests"
            Parameters = @{ Range = "0000-0099" }
            Parallel = $true
            Timeout = 300
        },
        @{
            Script = "run-unit-tests"
            Parameters = @{ Range = "0100-0199" }
            Parallel = $true
            Timeout = 300
        },
        @{
            Script = "run-unit-tests"
            Parameters = @{ Range = "0200-0299" }
            Parallel = $true
            Timeout = 300
        }
    )
    
    Options = @{
        Parallel = $true
        MaxConcurrency = 3  # Run 3 test scripts simultaneously
        StopOnError = $false
    }
}
'@
        $plan.Steps.Count | Should -Be 3
        @($plan.Steps.Path | Sort-Object -Unique).Count | Should -Be 3
        $plan.Steps.Wave | Should -Be 1, 1, 1
        $plan.Steps.Timeout.TotalSeconds | Should -Be 300, 300, 300
        (Import-PlaybookDefinition guide).Definition.Sequence.Parameters.Range | Should -Be '0000-0099', '0100-0199', '0200-0299'
    }
}

Describe 'A playbook of the guide' {
    It 'is the template, which needs to be told its target' {
        Set-Content (Join-Path $project 'template.json') @'
{
    "name": "Basic Workflow",
    "description": "Template for simple workflows",
    "version": "1.0",
    "parameters": {
        "target": {
            "type": "string",
            "required": true,
            "description": "Target system"
        }
    },
    "steps": [
        {
            "name": "Validate",
            "type": "script",
            "command": "Test-TargetSystem -Name {{target}}"
        },
        {
            "name": "Execute",
            "type": "script",
            "command": "Invoke-MainOperation -Target {{target}}"
        },
        {
            "name": "Verify",
            "type": "script",
            "command": "Test-OperationSuccess -Target {{target}}"
        }
    ]
}
'@
        (Test-PlaybookDefinition template).IsValid | Should -Be $true
        (Get-PlaybookPlan template -ErrorAction SilentlyContinue).IsUsable | Should -Be $false
        (Get-PlaybookPlan template -Parameters @{ target = 'srv1' }).Steps.Path | Should -Be Validate, Execute, Verify
    }

    It 'takes steps of modules' {
        $terraformPlaybook = New-PlaybookDefinition -Name "Terraform Deploy" -Steps @(
            @{
                name = "Initialize Terraform"
                type = "module"
                module = "OpenTofuProvider"
                function = "Initialize-OpenTofu"
                parameters = @{ WorkingDirectory = "./infrastructure" }
            },
            @{
                name = "Plan Infrastructure"
                type = "module"
                module = "OpenTofuProvider"
                function = "Plan-OpenTofu"
                parameters = @{ OutputPlan = $true }
            },
            @{
                name = "Apply Changes"
                type = "module"
                module = "OpenTofuProvider"
                function = "Apply-OpenTofu"
                parameters = @{ AutoApprove = $false }
            }
        )
        $test = Test-PlaybookDefinition -Definition $terraformPlaybook
        "$($test.IsValid) $($test.Errors)" | Should -Be 'True '
        $test.NeedsPowerShell | Should -Be 'Initialize Terraform', 'Plan Infrastructure', 'Apply Changes'
    }

    It 'has the value of its parameters in its commands' {
        $step = New-ScriptStep -Name "Deploy" -Command "Deploy-App -Server {{serverName}} -Port {{port}}"
        $playbook = New-PlaybookDefinition -Name "Deploy" -Steps $step
        $plan = Get-PlaybookPlan -Definition $playbook -Parameters @{
            serverName = "web-prod-01"
            port = 8080
        }
        $plan.IsUsable | Should -Be $true
        (Get-PlaybookPlan -Definition $playbook -ErrorAction SilentlyContinue -ErrorVariable wrong).IsUsable | Should -Be $false
        "$wrong" | Should -BeLike 'steps?0?.command:*serverName*'
    }

    It 'reacts to a failure' {
        $workflow = New-PlaybookDefinition -Name "Safe Deploy" -Steps @(
            New-ScriptStep -Name "Deploy" -Command "Deploy-Application"
            New-ConditionalStep -Name "Check Deploy" -Condition '$LASTEXITCODE -ne 0' -ThenSteps @(
                New-ScriptStep -Name "Rollback" -Command "Restore-PreviousVersion"
                New-ScriptStep -Name "Alert" -Command "Send-FailureAlert"
            )
        )
        $plan = Get-PlaybookPlan -Definition $workflow
        $plan.IsUsable | Should -Be $true
        $plan.Steps.Path | Should -Be 'Deploy', 'Check Deploy', 'Check Deploy/Rollback', 'Check Deploy/Alert'
        $plan.Steps.IsConditional | Should -Be $false, $true, $false, $false
    }
}
