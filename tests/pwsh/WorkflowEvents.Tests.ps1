# -OnEvent: each event of a workflow, for a log of the caller's own.
[Diagnostics.CodeAnalysis.SuppressMessageAttribute('PSUseDeclaredVarsMoreThanAssignments', '', Justification = 'BeforeAll and script blocks hand variables to other blocks')]
[Diagnostics.CodeAnalysis.SuppressMessageAttribute('PSAvoidUsingConvertToSecureStringWithPlainText', '', Justification = 'It is no secret')]
param()

BeforeAll {
    . (Join-Path $PSScriptRoot 'TestSetup.ps1')
    . (Join-Path $PSScriptRoot 'WorkflowSetup.ps1')
}

AfterAll { Remove-WorkflowFolder }

Describe 'Invoke-PlaybookWorkflow -OnEvent' {
    BeforeAll {
        $playbook = @{
            name          = 'told'
            steps         = @(
                @{ name = 'a'; command = '"out {{key}}"; Write-Warning careful; 7' }
                @{ name = 'b'; command = 'if ($steps.a -and (Test-Path tried)) { "again" } else { $null = New-Item tried; throw "once" }'; retryCount = 1; retryDelay = 0 })
            notifications = @{ onSuccess = @{ message = 'it went well' } }
        }
    }

    It 'is called with each event, on the thread of the caller' {
        Push-Location $folder
        try {
            $seen = [Collections.Generic.List[object]]::new()
            $thread = [Environment]::CurrentManagedThreadId
            $key = ConvertTo-SecureString 'hunter2-secret' -AsPlainText
            $result = Invoke-PlaybookWorkflow -PlaybookDefinition $playbook -Parameters @{ key = $key } -WarningAction SilentlyContinue -OnEvent {
                param($happened)
                $seen.Add($happened)
                if ([Environment]::CurrentManagedThreadId -ne $thread) { throw 'another thread' }
                'dropped'
            }
        } finally { Pop-Location }
        $result | Should -BeOfType OrchestrationEngine.PowerShell.PlaybookWorkflow
        $seen | ForEach-Object { "$_ $($_.Stream) $($_.Value)".TrimEnd() } | Should -Be @(
            'Started a', 'Output a Output out ***', 'Output a Warning careful', 'Output a Output 7', 'Ended a'
            'Started b', 'Retrying b', 'Started b', 'Output b Output again', 'Ended b', 'Notice', 'Over')
        $seen[4].Result.Status, $seen[6].Message | Should -Be 'Succeeded', "Step 'b' failed at attempt 1 and is tried again: once"
        $seen[-1].Workflow.Success, $seen[-1].WorkflowId | Should -Be $true, $result.WorkflowId
    }

    It 'fails nothing, whatever it does: <what>' -ForEach @(
        @{ what = 'it throws'; block = { throw 'oh' } }
        @{ what = 'it writes errors'; block = { Write-Error 'oh' } }
    ) {
        $shown = Invoke-PlaybookWorkflow -PlaybookDefinition @{ name = 'p'; steps = @(@{ command = '1' }, @{ command = '2' }) } -WarningAction Continue -OnEvent $block 3>&1 2>&1
        $succeeded = $?
        $shown | ForEach-Object { $_.GetType().Name } | Should -Be 'WarningRecord', 'PlaybookWorkflow'
        "$($shown[0])" | Should -Be '-OnEvent failed, and the workflow goes on: oh. This is said once.'
        $shown[1].Success, $succeeded | Should -Be $true, $true
    }

    It 'is for callers that wait' {
        { Invoke-PlaybookWorkflow -NoWait -OnEvent { } -PlaybookDefinition @{ steps = @() } } | Should -Throw -ErrorId 'OnEventWithoutWait,*'
    }
}
