# Secrets of workflows: given as SecureString, never shown, never kept.
[Diagnostics.CodeAnalysis.SuppressMessageAttribute('PSUseDeclaredVarsMoreThanAssignments', '', Justification = 'BeforeAll and -ForEach hand variables to other blocks')]
[Diagnostics.CodeAnalysis.SuppressMessageAttribute('PSAvoidUsingConvertToSecureStringWithPlainText', '', Justification = 'It is no secret')]
param()

BeforeAll {
    . (Join-Path $PSScriptRoot 'TestSetup.ps1')
    . (Join-Path $PSScriptRoot 'WorkflowSetup.ps1')
    $text = 'hunter2-very-secret'
    $secret = ConvertTo-SecureString $text -AsPlainText
    $base64 = [Convert]::ToBase64String([Text.Encoding]::UTF8.GetBytes($text))

    # Files that are there or held only while something is open, such as locks, are waited for: what counts is what stays.
    function Find-Secret {
        $look = @{}
        $null = Wait-Until {
            try {
                $look.Found = foreach ($file in (Get-ChildItem $folder -Recurse -File -Force).FullName) {
                    $bytes = [Text.Encoding]::Latin1.GetString([IO.File]::ReadAllBytes($file))
                    if ($bytes.Contains($text) -or $bytes.Contains($base64)) { $file }
                }
                $true
            } catch [IO.IOException] { $false }
        }
        $look.Found
    }
}

AfterAll { Remove-WorkflowFolder }

Describe 'A secret of a workflow' {
    It 'reaches its step, and is masked in everything that comes of it' {
        $shown = Invoke-PlaybookWorkflow -InformationAction Continue -WarningAction Continue -WorkflowId secret-flow -Parameters @{ key = $secret } -PlaybookDefinition @{
            name       = 'p'
            parameters = @{ key = @{ type = 'string'; sensitive = $true } }
            steps      = @(
                @{ name = 'all'; command = '"{{key}}".Length; "a {{key}} b"; Write-Warning "w {{key}}"; Write-Host "h {{key}}"; Write-Error "e {{key}}"; [pscustomobject]@{ K = $params.key }; [Convert]::ToBase64String([Text.Encoding]::UTF8.GetBytes($params.key))' }
                @{ name = 'later'; command = '$steps.all.output[1].Length' }
                @{ name = 'fails'; command = 'throw "bad {{key}}"' })
        } *>&1
        $result = $shown | Where-Object { $_ -is [OrchestrationEngine.PowerShell.PlaybookWorkflow] }
        $result.Results[0].Output[0], $result.Results[1].Output[0] | Should -Be $text.Length, ($text.Length + 4)
        $everything = @($shown; $result.Results.Output; $result.Results.Error; $result.Results.Errors; $result.Errors; $result.Error) | Out-String -Width 4096
        $everything | Should -Not -Match ([regex]::Escape($text))
        $everything | Should -Not -Match ([regex]::Escape($base64))
        $result.Results[0].Output[1] | Should -BeLike 'a * b'
        "$($result.Results[2].Error)" | Should -BeLike 'bad *'
        Find-Secret | Should -BeNullOrEmpty
        Get-PlaybookStatus secret-flow | Out-String | Should -Not -Match ([regex]::Escape($text))
    }

    It 'has to be given again to go on' {
        { Resume-PlaybookWorkflow secret-flow } | Should -Throw -ErrorId 'PlaybookRefused,*' -ExpectedMessage '*key*'
        $again = Resume-PlaybookWorkflow secret-flow -Parameters @{ key = $secret } -ErrorAction SilentlyContinue
        # The first runs again: what was kept of its output lacks the secret, and others wait for it.
        $again.Results | ForEach-Object { "$_ $($_.Kept)" } | Should -Be 'all: Succeeded False', 'later: Succeeded True', 'fails: Failed False'
        Find-Secret | Should -BeNullOrEmpty
    }

    It 'is one wherever it is given as one, whatever the playbook says' {
        $login = [pscredential]::new('eva-the-user', (ConvertTo-SecureString 'another-secret' -AsPlainText))
        $playbook = @{
            name       = 'p'
            parameters = @{ open = @{ type = 'string'; default = 'x' }; only = @{ type = 'string'; default = 'a'; allowed = @('a', 'b') } }
            steps      = @(@{ name = 'all'; command = '"o {{open}} u $($params.undeclared) $($params.login.UserName) $($params.login.Password)"; $params.open.Length, $params.login.Password.Length' }, @{ name = 'fails'; command = 'throw "no"' })
        }
        $given = @{ open = $secret; undeclared = $secret; login = $login }
        $shown = Invoke-PlaybookWorkflow -InformationAction Continue -WorkflowId secret-given -PlaybookDefinition $playbook -Parameters $given -ErrorAction SilentlyContinue *>&1
        $result = $shown | Where-Object { $_ -is [OrchestrationEngine.PowerShell.PlaybookWorkflow] }
        $result.Results[0].Output | Should -Be 'o *** u *** *** ***', $text.Length, 14
        @($shown; $result.Results.Output) | Out-String -Width 4096 | Should -Not -Match 'hunter2|another-secret|eva-the-user'
        Find-Secret | Should -BeNullOrEmpty
        { Invoke-PlaybookWorkflow -PlaybookDefinition $playbook -Parameters @{ only = $secret } } |
            Should -Throw -ErrorId 'PlaybookRefused,*' -ExpectedMessage '*a secret*'
        { Resume-PlaybookWorkflow secret-given -Parameters @{ open = $secret; undeclared = $secret } } |
            Should -Throw -ErrorId 'PlaybookRefused,*' -ExpectedMessage '*login* were given as secrets*'
        $again = Resume-PlaybookWorkflow secret-given -Parameters @{ open = $text; undeclared = $text; login = $login } -ErrorAction SilentlyContinue
        $again.Results | ForEach-Object { "$_" } | Should -Be 'all: Succeeded', 'fails: Failed'
        Find-Secret | Should -BeNullOrEmpty
    }
}
