# The examples of the original guides run as they are written; what they call are fixtures.
[Diagnostics.CodeAnalysis.SuppressMessageAttribute('PSUseDeclaredVarsMoreThanAssignments', '', Justification = 'BeforeAll and -ForEach hand variables to other blocks, and examples read them')]
[Diagnostics.CodeAnalysis.SuppressMessageAttribute('PSAvoidUsingInvokeExpression', '', Justification = 'Examples are texts')]
[Diagnostics.CodeAnalysis.SuppressMessageAttribute('PSUseApprovedVerbs', '', Justification = 'Examples call them so')]
[Diagnostics.CodeAnalysis.SuppressMessageAttribute('PSUseSingularNouns', '', Justification = 'Examples call them so')]
[Diagnostics.CodeAnalysis.SuppressMessageAttribute('PSAvoidOverwritingBuiltInCmdlets', '', Justification = 'The loop of an example waits for an event instead of for time')]
[Diagnostics.CodeAnalysis.SuppressMessageAttribute('PSUseShouldProcessForStateChangingFunctions', '', Justification = 'They only say that they were called')]
param()

BeforeAll {
    . (Join-Path $PSScriptRoot 'TestSetup.ps1')
    . (Join-Path $PSScriptRoot 'WorkflowSetup.ps1')

    # Functions that only say that they were called, and with what.
    function Use-Fixture([string[]] $Name) {
        foreach ($one in $Name) { Set-Item "function:script:$one" ([scriptblock]::Create("'$one' + `$(if (`$args) { ' ' + (`$args -join ' ') })")) }
    }

    # What ran, in the order written.
    function Get-Line($Result) {
        $Result.Results | Where-Object { $_.StepType -notin 'condition', 'parallel', 'steps' } | ForEach-Object { "$($_.StepName): $($_.Status) $($_.Output -join '|')".TrimEnd() }
    }
}

AfterAll { Remove-WorkflowFolder }

Describe 'The examples of the module' {
    It 'imports the module, runs a playbook by name and one that is made on the spot' {
        $null = New-Item -ItemType Directory -Force ./aither-core/modules, ./deploy, ./orchestration/playbooks
        $null = New-Item -ItemType SymbolicLink ./aither-core/modules/OrchestrationEngine -Target (Split-Path (Get-ModuleManifestPath))
        Set-Content ./deploy/Deploy-App.ps1 '"deployed"'
        Set-Content ./orchestration/playbooks/deploy-infrastructure.json '{ "name": "deploy-infrastructure", "parameters": { "environment": { "required": true }, "region": { "required": true } }, "steps": [ { "name": "go", "command": "\"$($params.region) $($params.environment) $($env.context)\"" } ] }'
        $example = @'
# Import the module
Import-Module ./aither-core/modules/OrchestrationEngine -Force

# Execute a playbook by name
$result = Invoke-PlaybookWorkflow -PlaybookName "deploy-infrastructure" -Parameters @{
    environment = "dev"
    region = "us-east-1"
} -EnvironmentContext "dev"

# Execute inline playbook definition
$playbook = New-PlaybookDefinition -Name "Quick Deploy" -Steps @(
    New-ScriptStep -Name "Validate" -Command "Test-Path ./deploy"
    New-ScriptStep -Name "Deploy" -Command "./deploy/Deploy-App.ps1"
)
$result = Invoke-PlaybookWorkflow -PlaybookDefinition $playbook

# Monitor workflow status
$status = Get-PlaybookStatus -WorkflowId $result.WorkflowId
'@
        $fresh = Invoke-Fresh -Manifest (Join-Path $folder 'aither-core/modules/OrchestrationEngine/OrchestrationEngine.psd1') @"
Set-Location '$folder'
`$InformationPreference = 'Ignore'
$example
'-'
`$result.Results | ForEach-Object { "`$_ `$(`$_.Output)" }
"`$(`$status.Status) `$(`$status.WorkflowId -eq `$result.WorkflowId)"
(Get-PlaybookStatus deploy-infrastructure).Results | ForEach-Object { "`$_ `$(`$_.Output)" }
"@
        $fresh.ErrorText | Should -BeNullOrEmpty
        $said = $fresh.Output[([array]::IndexOf($fresh.Output, '-') + 1)..99]
        $said | Should -Be 'Validate: Succeeded True', 'Deploy: Succeeded deployed', 'Completed True', 'go: Succeeded us-east-1 dev dev'
    }

    It 'tries a playbook out' {
        $null = New-Item -ItemType Directory -Force ./orchestration/playbooks
        Set-Content ./orchestration/playbooks/database-migration.json '{ "name": "database-migration", "parameters": { "sourceDB": { "required": true }, "targetDB": { "required": true }, "backupFirst": { "type": "bool" } }, "steps": [ { "name": "go", "command": "throw 1" } ] }'
        $example = @'
$result = Invoke-PlaybookWorkflow -PlaybookName "database-migration" -Parameters @{
    sourceDB = "prod-db-01"
    targetDB = "prod-db-02"
    backupFirst = $true
} -EnvironmentContext "prod" -DryRun

if ($result.Success) {
    Write-Host "Dry run successful. Execute without -DryRun to proceed."
}
'@
        $said = . ([scriptblock]::Create($example)) 6>&1
        "$said" | Should -Be 'Dry run successful. Execute without -DryRun to proceed.'
        "$($result.Success) $($result.Results)" | Should -Be 'True go: Planned'
    }

    It 'asks for one workflow and for all' {
        $null = Invoke-PlaybookWorkflow -WorkflowId 'workflow-20250129-143022-5678' -PlaybookDefinition @{ name = 'p'; steps = @(@{ command = '1' }) }
        $example = @'
# Get specific workflow
$status = Get-PlaybookStatus -WorkflowId "workflow-20250129-143022-5678"

# Get all workflows
$allWorkflows = Get-PlaybookStatus
Write-Host "Active workflows: $($allWorkflows.TotalActive)"
Write-Host "Completed workflows: $($allWorkflows.TotalHistory)"
'@
        $said = . ([scriptblock]::Create($example)) 6>&1 | ForEach-Object { "$_" }
        $status.Status | Should -Be Completed
        $said[0] | Should -Be 'Active workflows: 0'
        $said[1] | Should -Match '^Completed workflows: [1-9]\d*$'
    }

    It 'deploys infrastructure' {
        Use-Fixture Test-InfrastructureConfig, Request-ProductionApproval, Deploy-NetworkStack, Deploy-ComputeStack, Deploy-StorageStack, Test-DeploymentHealth
        $example = @'
# Define deployment playbook
$deployPlaybook = New-PlaybookDefinition -Name "Infrastructure Deploy" -Steps @(
    New-ScriptStep -Name "Validate Config" -Command "Test-InfrastructureConfig"
    New-ConditionalStep -Name "Environment Check" -Condition '$env.context -eq "prod"' -ThenSteps @(
        New-ScriptStep -Name "Prod Approval" -Command "Request-ProductionApproval"
    )
    New-ParallelStep -Name "Deploy Components" -ParallelSteps @(
        New-ScriptStep -Name "Deploy Network" -Command "Deploy-NetworkStack"
        New-ScriptStep -Name "Deploy Compute" -Command "Deploy-ComputeStack"
        New-ScriptStep -Name "Deploy Storage" -Command "Deploy-StorageStack"
    )
    New-ScriptStep -Name "Verify Deployment" -Command "Test-DeploymentHealth"
)

# Execute deployment
$result = Invoke-PlaybookWorkflow -PlaybookDefinition $deployPlaybook -EnvironmentContext "staging"
'@
        . ([scriptblock]::Create($example))
        $deployPlaybook.steps.type | Should -Be script, condition, parallel, script
        $deployPlaybook.steps[2].parallel[1].command | Should -BeExactly 'Deploy-ComputeStack'
        $result.Success | Should -BeTrue
        Get-Line $result | Should -Be @(
            'Validate Config: Succeeded Test-InfrastructureConfig', 'Environment Check/Prod Approval: Skipped', 'Deploy Components/Deploy Network: Succeeded Deploy-NetworkStack',
            'Deploy Components/Deploy Compute: Succeeded Deploy-ComputeStack', 'Deploy Components/Deploy Storage: Succeeded Deploy-StorageStack', 'Verify Deployment: Succeeded Test-DeploymentHealth')
    }

    It 'promotes through environments' {
        Use-Fixture Build-Application, Deploy-ToDev, Invoke-IntegrationTests, Deploy-ToStaging
        $example = @'
# Playbook with environment-specific logic
$promotionSteps = @(
    New-ScriptStep -Name "Build Package" -Command "Build-Application -Configuration Release"
    New-ConditionalStep -Name "Dev Deploy" -Condition '$params.targetEnv -eq "dev"' -ThenSteps @(
        New-ScriptStep -Name "Deploy to Dev" -Command "Deploy-ToDev -Package {{packagePath}}"
    )
    New-ConditionalStep -Name "Staging Deploy" -Condition '$params.targetEnv -eq "staging"' -ThenSteps @(
        New-ScriptStep -Name "Run Tests" -Command "Invoke-IntegrationTests"
        New-ScriptStep -Name "Deploy to Staging" -Command "Deploy-ToStaging -Package {{packagePath}}"
    )
)

$result = Invoke-PlaybookWorkflow -PlaybookDefinition @{
    name = "App Promotion"
    steps = $promotionSteps
} -Parameters @{
    targetEnv = "staging"
    packagePath = "./dist/app.zip"
}
'@
        . ([scriptblock]::Create($example))
        Get-Line $result | Should -Be @(
            'Build Package: Succeeded Build-Application -Configuration Release', 'Dev Deploy/Deploy to Dev: Skipped', 'Staging Deploy/Run Tests: Succeeded Invoke-IntegrationTests',
            'Staging Deploy/Deploy to Staging: Succeeded Deploy-ToStaging -Package ./dist/app.zip')
    }

    It 'writes a playbook to a file, and runs it from there' {
        $null = New-Item -ItemType Directory -Force ./orchestration/playbooks
        Use-Fixture Send-MaintenanceNotification, Backup-System, Clear-OldLogs, Update-DatabaseIndexes, Clear-ApplicationCache
        $example = @'
# Create maintenance playbook file
$maintenancePlaybook = @{
    name = "System Maintenance"
    description = "Regular maintenance tasks"
    parameters = @{
        backupFirst = @{ type = "bool"; default = $true }
        notifyUsers = @{ type = "bool"; default = $true }
    }
    steps = @(
        @{
            name = "Pre-maintenance"
            type = "script"
            command = 'if ($params.notifyUsers) { Send-MaintenanceNotification }'
        },
        @{
            name = "Backup"
            type = "script"
            condition = '$params.backupFirst -eq $true'
            command = "Backup-System -Full"
        },
        @{
            name = "Maintenance Tasks"
            type = "parallel"
            parallel = @(
                @{ name = "Clean Logs"; type = "script"; command = "Clear-OldLogs -DaysToKeep 30" }
                @{ name = "Update Indexes"; type = "script"; command = "Update-DatabaseIndexes" }
                @{ name = "Clear Cache"; type = "script"; command = "Clear-ApplicationCache" }
            )
        }
    )
}

# Save to file
$maintenancePlaybook | ConvertTo-Json -Depth 10 | Set-Content "./orchestration/playbooks/maintenance.json"

# Execute from file
Invoke-PlaybookWorkflow -PlaybookName "maintenance" -Parameters @{ backupFirst = $true }
'@
        $result = . ([scriptblock]::Create($example))
        Get-Line $result | Should -Be @(
            'Pre-maintenance: Succeeded Send-MaintenanceNotification', 'Backup: Succeeded Backup-System -Full', 'Maintenance Tasks/Clean Logs: Succeeded Clear-OldLogs -DaysToKeep 30',
            'Maintenance Tasks/Update Indexes: Succeeded Update-DatabaseIndexes', 'Maintenance Tasks/Clear Cache: Succeeded Clear-ApplicationCache')

        # It is found by its name, and means the same as the table that it was written from.
        (Get-Playbook maintenance).Parameters | Sort-Object | Should -Be backupFirst, notifyUsers
        foreach ($plan in (Get-PlaybookPlan -PlaybookName "maintenance" -Parameters @{ backupFirst = $true }), (Get-PlaybookPlan -Definition $maintenancePlaybook -Parameters @{ backupFirst = $true })) {
            $plan.IsUsable | Should -Be $true
            $plan.Name | Should -Be 'System Maintenance'
            $plan.Steps.Path | Should -Be 'Pre-maintenance', 'Backup', 'Maintenance Tasks', 'Maintenance Tasks/Clean Logs', 'Maintenance Tasks/Update Indexes', 'Maintenance Tasks/Clear Cache'
            $plan.Steps.Wave | Should -Be 1, 2, 3, 1, 1, 1
            $plan.Steps.IsConditional | Should -Be $false, $true, $false, $false, $false, $false
        }
        (Get-PlaybookPlan maintenance -Parameters @{ backupFirst = 'perhaps' } -ErrorAction SilentlyContinue).IsUsable | Should -Be $false
    }

    It 'calls functions of modules: <Name>' -ForEach @(
        @{
            Name     = 'OpenTofuProvider'; Variable = 'terraformPlaybook'; Functions = 'Initialize-OpenTofu', 'Plan-OpenTofu', 'Apply-OpenTofu'
            Expected = 'Initialize Terraform: Succeeded Initialize-OpenTofu ./infrastructure', 'Plan Infrastructure: Succeeded Plan-OpenTofu True', 'Apply Changes: Succeeded Apply-OpenTofu False'
            Example  = @'
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
'@
        }
        @{
            Name     = 'PatchManager'; Variable = 'patchWorkflow'; Functions = @('New-Patch')
            Expected = 'Check Git Status: Succeeded', 'Create Patch: Succeeded New-Patch Automated infrastructure updates Standard'
            Example  = @'
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
'@
        }
    ) {
        if ($Name -eq 'PatchManager') { $null = git init --quiet . 2>&1; Set-Content ./.gitignore '*' }
        $modules = (New-Item -ItemType Directory -Force "./modules/$Name").FullName
        $Functions | ForEach-Object { "function $_(`$WorkingDirectory, `$OutputPlan, `$AutoApprove, `$Description, `$Mode) { (@('$_') + @(`$WorkingDirectory, `$OutputPlan, `$AutoApprove, `$Description, `$Mode).Where{ `$null -ne `$_ }) -join ' ' }" } | Set-Content "$modules/$Name.psm1"
        $path = $env:PSModulePath
        try {
            $env:PSModulePath = "$(Split-Path $modules)$([IO.Path]::PathSeparator)$path"
            . ([scriptblock]::Create($Example))
            $result = Invoke-PlaybookWorkflow -PlaybookDefinition (Get-Variable $Variable -ValueOnly)
        } finally { $env:PSModulePath = $path }
        $result.Success | Should -BeTrue
        Get-Line $result | Should -Be $Expected
    }

    It 'puts parameters into commands' {
        Use-Fixture Deploy-App
        $playbook = New-PlaybookDefinition -Name 'p' -Steps @(New-ScriptStep -Name 'Deploy' -Command 'Deploy-App -Server {{serverName}} -Port {{port}}')
        $example = @'
$step = New-ScriptStep -Name "Deploy" -Command "Deploy-App -Server {{serverName}} -Port {{port}}"

Invoke-PlaybookWorkflow -PlaybookDefinition $playbook -Parameters @{
    serverName = "web-prod-01"
    port = 8080
}
'@
        $result = . ([scriptblock]::Create($example))
        Get-Line $result | Should -Be 'Deploy: Succeeded Deploy-App -Server web-prod-01 -Port 8080'
    }

    It 'rolls back after a failure, and fails all the same' {
        Use-Fixture Restore-PreviousVersion, Send-FailureAlert
        function Deploy-Application { throw 'no space' }
        $example = @'
$workflow = New-PlaybookDefinition -Name "Safe Deploy" -Steps @(
    New-ScriptStep -Name "Deploy" -Command "Deploy-Application"
    New-ConditionalStep -Name "Check Deploy" -Condition '$LASTEXITCODE -ne 0' -ThenSteps @(
        New-ScriptStep -Name "Rollback" -Command "Restore-PreviousVersion"
        New-ScriptStep -Name "Alert" -Command "Send-FailureAlert"
    )
)
'@
        . ([scriptblock]::Create($example))
        $result = Invoke-PlaybookWorkflow -PlaybookDefinition $workflow -ErrorAction SilentlyContinue
        "$($result.Status) $($result.Errors)" | Should -Be "Failed Step 'Deploy' failed: no space"
        Get-Line $result | Should -Be 'Deploy: Failed', 'Check Deploy/Rollback: Succeeded Restore-PreviousVersion', 'Check Deploy/Alert: Succeeded Send-FailureAlert'
        function Deploy-Application { 'deployed' }
        Get-Line (Invoke-PlaybookWorkflow -PlaybookDefinition $workflow) | Should -Be 'Deploy: Succeeded deployed', 'Check Deploy/Rollback: Skipped', 'Check Deploy/Alert: Skipped'
    }

    It 'runs the basic template' {
        $null = New-Item -ItemType Directory -Force ./orchestration/playbooks
        Use-Fixture Test-TargetSystem, Invoke-MainOperation, Test-OperationSuccess
        Set-Content ./orchestration/playbooks/basic.json @'
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
        Get-Line (Invoke-PlaybookWorkflow basic -Parameters @{ target = 'a "b" $(c)' }) | Should -Be @(
            'Validate: Succeeded Test-TargetSystem -Name a "b" $(c)', 'Execute: Succeeded Invoke-MainOperation -Target a "b" $(c)', 'Verify: Succeeded Test-OperationSuccess -Target a "b" $(c)')
        { Invoke-PlaybookWorkflow basic } | Should -Throw -ErrorId 'PlaybookRefused,*' -ExpectedMessage '*target*'
    }

    # As it is written it has commas behind commands, which PowerShell itself refuses; they are left out here.
    It 'runs the complex workflow with monitoring, and rolls back if its deployment fails' {
        Use-Fixture Test-ServiceHealth, Test-StorageCapacity, Test-NetworkConnectivity, New-SystemBackup, Deploy-ToEnvironment, Test-Environment, Switch-TrafficToBlue, Start-RollingDeployment, Test-DeploymentComplete, Start-Rollback, Send-RollbackNotification
        $example = @'
# Multi-stage deployment with rollback
$complexWorkflow = New-PlaybookDefinition -Name "Production Deployment" -Description "Full production deployment with validation" -Steps @(
    # Pre-deployment validation
    New-ParallelStep -Name "Pre-flight Checks" -ParallelSteps @(
        New-ScriptStep -Name "Check Services" -Command "Test-ServiceHealth"
        New-ScriptStep -Name "Check Storage" -Command "Test-StorageCapacity"
        New-ScriptStep -Name "Check Network" -Command "Test-NetworkConnectivity"
    )
    
    # Backup current state
    New-ScriptStep -Name "Create Backup" -Command "New-SystemBackup -Label 'pre-deploy'"
    
    # Phased deployment
    New-ConditionalStep -Name "Blue-Green Deploy" -Condition '$params.deployStrategy -eq "blue-green"' -ThenSteps @(
        New-ScriptStep -Name "Deploy to Blue" -Command "Deploy-ToEnvironment -Env Blue"
        New-ScriptStep -Name "Test Blue" -Command "Test-Environment -Env Blue"
        New-ScriptStep -Name "Switch Traffic" -Command "Switch-TrafficToBlue"
    ) -ElseSteps @(
        New-ScriptStep -Name "Rolling Deploy" -Command "Start-RollingDeployment"
    )
    
    # Post-deployment validation
    New-ScriptStep -Name "Validate Deployment" -Command "Test-DeploymentComplete"
    
    # Conditional rollback
    New-ConditionalStep -Name "Rollback Check" -Condition '$LASTEXITCODE -ne 0' -ThenSteps @(
        New-ScriptStep -Name "Initiate Rollback" -Command "Start-Rollback -BackupLabel 'pre-deploy'"
        New-ScriptStep -Name "Alert Team" -Command "Send-RollbackNotification"
    )
) -Parameters @{
    deployStrategy = @{ type = "string"; default = "blue-green"; allowed = @("blue-green", "rolling") }
    notificationEmail = @{ type = "string"; required = $true }
}

# Execute with monitoring
$deployment = Invoke-PlaybookWorkflow -PlaybookDefinition $complexWorkflow -Parameters @{
    deployStrategy = "blue-green"
    notificationEmail = "ops-team@company.com"
} -EnvironmentContext "prod"

# Monitor progress
while ($deployment.Status -eq "Running") {
    $status = Get-PlaybookStatus -WorkflowId $deployment.WorkflowId
    Write-Host "Progress: $($status.CurrentStep)/$($status.TotalSteps)"
    Start-Sleep -Seconds 5
}
'@
        . ([scriptblock]::Create($example))
        $deployment.Status | Should -Be Completed
        (Get-Line $deployment)[3..6] | Should -Be 'Create Backup: Succeeded New-SystemBackup -Label pre-deploy', 'Blue-Green Deploy/then/Deploy to Blue: Succeeded Deploy-ToEnvironment -Env Blue', 'Blue-Green Deploy/then/Test Blue: Succeeded Test-Environment -Env Blue', 'Blue-Green Deploy/then/Switch Traffic: Succeeded Switch-TrafficToBlue'
        function Test-DeploymentComplete { throw 'not there' }
        $failed = Invoke-PlaybookWorkflow -PlaybookDefinition $complexWorkflow -ErrorAction SilentlyContinue -Parameters @{ notificationEmail = 'x' }
        (Get-Line $failed)[-3..-1] | Should -Be 'Validate Deployment: Failed', 'Rollback Check/Initiate Rollback: Succeeded Start-Rollback -BackupLabel pre-deploy', 'Rollback Check/Alert Team: Succeeded Send-RollbackNotification'
        $failed.Status | Should -Be Failed
    }
}
