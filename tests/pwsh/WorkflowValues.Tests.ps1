# Values that a playbook is told: never code, and compared as what they are.
[Diagnostics.CodeAnalysis.SuppressMessageAttribute('PSUseDeclaredVarsMoreThanAssignments', '', Justification = 'BeforeAll and -ForEach hand variables to other blocks')]
param()

BeforeAll {
    . (Join-Path $PSScriptRoot 'TestSetup.ps1')
    . (Join-Path $PSScriptRoot 'WorkflowSetup.ps1')
}

AfterAll { Remove-WorkflowFolder }

Describe 'A value' {
    It 'is compared as a number, and found by its whole name' {
        $result = Invoke-Guarded -More @{ Parameters = @{ n = 5; env = 'x'; environment = 'prod' } } @{ name = 'p'; steps = @(
                @{ name = 'a'; condition = '$params.n -gt 10'; command = '1' }, @{ name = 'b'; condition = '$params.environment -eq "prod"'; command = '2' })
        }
        $result.Results -join ', ' | Should -Be 'a: Skipped, b: Succeeded'
    }

    It 'stays one: <_>' -ForEach @('x"; throw "INJECTED', "'; throw 1; '", '$(throw 1)', '`"; throw 1 #', "a`nthrow 1", [string][char]0x201d + '; throw 1; ' + [char]0x201c, '{{other}}', '$env:PATH') {
        $result = Invoke-Guarded -More @{ Parameters = @{ value = $_; other = 'OTHER' } } @{ name = 'p'; steps = @(
                @{ name = 'double'; command = 'Write-Output "{{value}}"' }, @{ name = 'single'; command = "Write-Output '{{value}}'" }, @{ name = 'bare'; command = 'Write-Output {{value}}' })
        }
        $result.Results.Output | Should -Be $_, $_, $_
    }
}
