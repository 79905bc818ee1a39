# What Get-Help ForEach-Object says after Enable-ParallelForEachObject.
[Diagnostics.CodeAnalysis.SuppressMessageAttribute('PSUseDeclaredVarsMoreThanAssignments', '', Justification = 'BeforeAll hands variables to other blocks')]
param()

BeforeAll {
    . (Join-Path $PSScriptRoot 'TestSetup.ps1')
    $help, $command, $before, $own = Invoke-WithLimit {
        $before = (Get-Help ForEach-Object).Synopsis
        Enable-ParallelForEachObject
        Get-Help ForEach-Object
        Get-Command ForEach-Object
        $before
        (Get-Help Microsoft.PowerShell.Core\ForEach-Object).Synopsis
    }
}

Describe 'The help of ForEach-Object on the engine' {
    It 'says what the command is and where to read on' {
        $help.Synopsis | Should -Be 'Does something for each input object; with -Parallel for several at a time, on the engine of OrchestrationEngine.'
        $help.relatedLinks.navigationLink.linkText | Should -Be 'Online Version:', 'Enable-ParallelForEachObject', 'Disable-ParallelForEachObject', 'Invoke-ParallelOrchestration'
        "$($help.description.Text)" | Should -BeLike '*Get-Help Microsoft.PowerShell.Core\ForEach-Object.*'
    }

    It 'leaves the help of PowerShell''s own command where it says' {
        $own | Should -Be $before
    }

    It 'lists the parameters of the command, set by set' {
        $common = [System.Management.Automation.Cmdlet]::CommonParameters
        $expected = @($command.Parameters.Keys | Where-Object { $_ -notin $common } | Sort-Object)
        $help.parameters.parameter.name | Should -Be $expected
        $inSets = foreach ($set in $command.ParameterSets) { "$($set.Parameters.Name | Where-Object { $_ -notin $common } | Sort-Object)" }
        @($help.syntax.syntaxItem | ForEach-Object { "$($_.parameter.name | Sort-Object)" }) | Sort-Object | Should -Be ($inSets | Sort-Object)
    }

    It 'has the type and position of each' {
        foreach ($parameter in $help.parameters.parameter) {
            $described = $command.Parameters[$parameter.name]
            $attribute = $described.Attributes.Where{ $_ -is [Parameter] }[0]
            $parameter.type.name | Should -Be $described.ParameterType.Name -Because $parameter.name
            $parameter.required | Should -Be "$($attribute.Mandatory)" -Because $parameter.name
            $parameter.position | Should -Be $(if ($attribute.Position -lt 0) { 'named' } else { "$($attribute.Position)" }) -Because $parameter.name
        }
    }

    It 'has an example that runs' {
        Invoke-WithLimit -ArgumentList $help.examples.example.code {
            param($Code)
            Enable-ParallelForEachObject
            & ([scriptblock]::Create($Code)) | Sort-Object
        } | Should -Be 10, 20, 30, 40, 50
    }
}
