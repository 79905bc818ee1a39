# What a workflow writes down, and what its playbook wants to have told.
[Diagnostics.CodeAnalysis.SuppressMessageAttribute('PSUseDeclaredVarsMoreThanAssignments', '', Justification = 'BeforeAll and -ForEach hand variables to other blocks')]
param()

BeforeAll {
    . (Join-Path $PSScriptRoot 'TestSetup.ps1')
    . (Join-Path $PSScriptRoot 'WorkflowSetup.ps1')

    # The lines of a log, without times and durations.
    function Get-LogLine($Id) {
        Get-Content (Join-Path $folder "orchestration/logs/$Id.log") |
            ForEach-Object { $_ -replace '^20\S+Z ' -replace ' in \d+\.\d\d s' }
    }
}

AfterAll { Remove-WorkflowFolder }

Describe 'The log of a workflow' {
    It 'has what happened, what steps gave out and what is told' {
        $result = Invoke-PlaybookWorkflow -WorkflowId 'logged' -InformationVariable said -PlaybookDefinition @{
            name          = 'Told'
            variables     = @{ who = 'it''s "eva"; $(x)' }
            notifications = [ordered]@{ onStart = 'Hello {{who}}'; onSuccess = @{ message = '{{playbookName}} is {{status}}'; level = 'warning'; channels = @('log') } }
            steps         = @(@{ name = 'a'; command = 'Write-Output "<{{who}}>" ''2 {{who}}''' }, @{ name = 'b'; command = 'Write-Output {{who}}' })
        }
        $result.Success | Should -BeTrue
        Get-LogLine logged | Should -Be @(
            'begin  Told, 2 steps, logged', 'notice [info] Hello it''s "eva"; $(x)', 'start  a', 'end    a: Succeeded'
            '    | <it''s "eva"; $(x)>', '    | 2 it''s "eva"; $(x)', 'start  b', 'end    b: Succeeded', '    | it''s "eva"; $(x)'
            'notice [warning] Told is Completed', 'over   Told: Completed, 2 of 2 steps succeeded')
        $events = Get-Content (Join-Path $folder 'orchestration/logs/logged.jsonl') | ConvertFrom-Json
        $events.kind | Should -Be 'Begun', 'Notice', 'Started', 'Ended', 'Started', 'Ended', 'Notice', 'Over'
        # What is for the log alone is not shown.
        @($said | ForEach-Object { "$_" }) -like 'notice*' | Should -Be 'notice (info): Hello it''s "eva"; $(x)'
    }

    It 'is none of a workflow that is not kept' {
        $null = Invoke-PlaybookWorkflow -WorkflowId 'unkept' -NoState -PlaybookDefinition @{ steps = @(@{ name = 'a'; command = '1' }) }
        Join-Path $folder 'orchestration/logs/unkept.log' | Should -Not -Exist
    }

    It 'puts what a program writes beyond what a result holds into a file, without secrets' {
        if ($IsWindows) { Set-ItResult -Skipped -Because 'Windows has no sh, whose commands these are'; return }
        $result = Invoke-PlaybookWorkflow -WorkflowId large -Parameters @{ key = 'hunter2000' } -PlaybookDefinition @{
            name       = 'p'
            parameters = @{ key = @{ type = 'string'; sensitive = $true } }
            steps      = @(@{ name = 'big'; shell = 'sh'; command = 'yes {{key}} | head -n 300000' }, @{ name = 'small'; shell = 'sh'; command = 'echo {{key}}' })
        }
        $file = Join-Path $folder 'orchestration/logs/large.1-big.stdout.log'
        $result.Results[0].OutputFile | Should -Be $file
        @([IO.File]::ReadAllLines($file) | Group-Object -NoElement | ForEach-Object { "$($_.Count) $($_.Name)" }) | Should -Be '300000 ***'
        $result.Results[0].Output -match 'left out' | Should -BeLike "*all of it is in $file *"
        $result.Results[1].OutputFile | Should -BeNullOrEmpty
        (Get-PlaybookStatus -WorkflowId large).Results[0].OutputFile | Should -Be $file
    }

    It 'is a warning if it cannot be written' {
        $logs = Join-Path $folder 'orchestration/logs'
        Remove-Item $logs -Recurse -Force -ErrorAction Ignore
        Set-Content $logs 'a file'
        $result = Invoke-PlaybookWorkflow -WarningVariable warned -WarningAction SilentlyContinue -PlaybookDefinition @{ steps = @(@{ name = 'a'; command = '1' }) }
        Remove-Item $logs
        $result.Success | Should -BeTrue
        @($warned | ForEach-Object { "$_" }) | Should -BeLike 'the log of the run cannot be written in *'
    }
}
