# New-Playbook: files of playbooks, made of templates.
[Diagnostics.CodeAnalysis.SuppressMessageAttribute('PSUseDeclaredVarsMoreThanAssignments', '', Justification = 'Pester reads them in other blocks.')]
param()

BeforeAll {
    . (Join-Path $PSScriptRoot 'TestSetup.ps1')

    $project = (New-Item -ItemType Directory (Join-Path $TestDrive 'project/orchestration') -Force).Parent.FullName
    $folder = Join-Path $project 'orchestration/playbooks'
    $kept = @{ OE_HOME = $env:OE_HOME; OE_PLAYBOOK_PATH = $env:OE_PLAYBOOK_PATH }
    $env:OE_HOME = $env:OE_PLAYBOOK_PATH = $null
    Push-Location $project
}

AfterAll {
    Pop-Location
    $kept.GetEnumerator() | ForEach-Object { Set-Item "env:$($_.Key)" $_.Value }
}

Describe 'New-Playbook' {
    It 'writes a playbook of the template <_> that can be run, and gives it' -ForEach 'basic', 'sequence', 'deploy' {
        $made = New-Playbook "made/$_" -Template $_
        $made | Should -BeOfType OrchestrationEngine.PowerShell.PlaybookInfo
        $made.Name | Should -Be "made/$_"
        $made.Path | Should -Be (Join-Path $folder "made/$_.psd1")
        (Import-PlaybookDefinition $made).Name | Should -Be "made/$_"
        $test = $made | Test-PlaybookDefinition
        "$($test.IsValid) $($test.Errors) $($test.Warnings)" | Should -Be 'True  '
        (Import-PowerShellDataFile $made.Path).Version | Should -Be '1.0'
    }

    It 'takes the basic template if none is named' {
        (New-Playbook plain).Steps | Should -Be 3
    }

    It 'writes <Form> of a template in another form' -ForEach @(
        @{ Form = 'Json'; Ending = '.json' }
        @{ Form = 'Yaml'; Ending = '.yaml' }
        @{ Form = 'Psd1'; Ending = '.psd1' }
    ) {
        $made = New-Playbook "form/$Form" -Template deploy -Form $Form
        Split-Path -Extension $made.Path | Should -Be $Ending
        $import = Import-PlaybookDefinition $made
        $import.Name | Should -Be "form/$Form"
        $import.Definition | ConvertTo-Json -Depth 20 | Should -BeExactly ((Import-PlaybookDefinition (New-Playbook "same/$Form" -Template deploy)).Definition | ConvertTo-Json -Depth 20).Replace("same/$Form", "form/$Form")
    }

    It 'takes templates of the project, which go before those of the module' {
        $null = New-Item -ItemType Directory orchestration/templates
        Set-Content orchestration/templates/deploy.yaml "name: __NAME__`ndescription: our own`nsteps:`n  - command: Get-Date`n"
        $made = New-Playbook ours -Template deploy
        "$($made.Description) $(Split-Path -Leaf $made.Path)" | Should -Be 'our own ours.yaml'
        $text = 'New-Playbook x -Template '
        (TabExpansion2 $text $text.Length).CompletionMatches.CompletionText | Should -Be deploy, basic, sequence
        Remove-Item orchestration/templates -Recurse
    }

    It 'replaces nothing without -Force' {
        $made = New-Playbook twice
        Set-Content $made.Path '@{ steps = @() }'
        { New-Playbook twice } | Should -Throw -ErrorId 'PlaybookExists,*' -ExpectedMessage "*'$($made.Path)'*"
        Get-Content $made.Path | Should -Be '@{ steps = @() }'
        (New-Playbook twice -Force).Steps | Should -Be 3
    }

    It 'writes nothing with -WhatIf' {
        New-Playbook never -WhatIf | Should -BeNullOrEmpty
        Join-Path $folder never.psd1 | Should -Not -Exist
    }

    It 'refuses <Name>' -ForEach @(
        @{ Name = 'a name that leads elsewhere'; Arguments = @{ Name = '../outside' }; Id = 'PlaybookNameInvalid' }
        @{ Name = 'a name with a quote'; Arguments = @{ Name = "x'; Remove-Item y" }; Id = 'PlaybookNameInvalid' }
        @{ Name = 'a name with a line end'; Arguments = @{ Name = "x`n" }; Id = 'PlaybookNameInvalid' }
        @{ Name = 'a whole path'; Arguments = @{ Name = '/tmp/x' }; Id = 'PlaybookNameInvalid' }
        @{ Name = 'a template that is not there'; Arguments = @{ Name = 'x'; Template = 'basci' }; Id = 'PlaybookTemplateNotFound' }
    ) {
        $problem = try { New-Playbook @Arguments } catch { $_ }
        $problem.FullyQualifiedErrorId | Should -BeLike "$Id,*"
        $problem.ErrorDetails.RecommendedAction | Should -Not -BeNullOrEmpty
    }

    It 'says which template is nearest' {
        { New-Playbook x -Template basci } | Should -Throw -ExpectedMessage "*Did you mean 'basic'?"
    }
}
