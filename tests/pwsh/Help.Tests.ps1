# The help says of every cmdlet what the cmdlet says of itself, and its examples run.
[Diagnostics.CodeAnalysis.SuppressMessageAttribute(
    'PSUseDeclaredVarsMoreThanAssignments', '', Justification = 'Pester reads them in other blocks.')]
param()

BeforeDiscovery {
    Import-Module (Join-Path $PSScriptRoot 'TestTools.psm1') -Force
    $cmdlets = @((Import-Module (Get-ModuleManifestPath) -PassThru).ExportedCmdlets.Values)
    $pages = @($cmdlets | ForEach-Object { @{ Name = $_.Name; Cmdlet = $_ } })
    $parameters = foreach ($cmdlet in $cmdlets) {
        # The common ones have a page of their own, but -WhatIf and -Confirm are listed as the cmdlet's.
        $common = [System.Management.Automation.Cmdlet]::CommonParameters
        $cmdlet.Parameters.Values | Where-Object Name -NotIn $common | ForEach-Object {
            @{ Cmdlet = $cmdlet.Name; Name = $_.Name; Parameter = $_ }
        }
    }
    $examples = foreach ($cmdlet in $cmdlets) {
        foreach ($example in (Get-Help $cmdlet.Name).examples.example) {
            @{ Cmdlet = $cmdlet.Name; Title = $example.title.Trim('- '); Code = $example.code }
        }
    }
}

BeforeAll {
    . (Join-Path $PSScriptRoot 'TestSetup.ps1')

    function Get-Text($Paragraph) { "$(@($Paragraph | ForEach-Object Text) -join ' ')" -replace '\s+', ' ' }
}

Describe 'The help of <Name>' -ForEach $pages {
    BeforeAll {
        $help = Get-Help $Name
    }

    It 'has a synopsis, a description and examples' {
        # Without a help file, PowerShell makes up a synopsis of the syntax.
        $help.Synopsis | Should -Match '^\w[^\[\]]+\.$'
        Get-Text $help.description | Should -Not -BeNullOrEmpty
        @($help.examples.example).Count | Should -BeGreaterThan 0
        @($help.returnValues.returnValue).Count | Should -BeGreaterThan 0
    }

    It 'lists the parameters of the cmdlet and no others' {
        $common = [System.Management.Automation.Cmdlet]::CommonParameters
        $expected = @($Cmdlet.Parameters.Keys | Where-Object { $_ -notin $common } | Sort-Object)
        @($help.parameters.parameter | ForEach-Object name | Sort-Object) | Should -Be $expected
        @($help.syntax.syntaxItem.parameter | ForEach-Object name | Sort-Object -Unique) | Should -Be $expected
    }

    It 'names the types that the cmdlet gives' {
        $given = @($Cmdlet.OutputType | ForEach-Object Name)
        if (-not $given) { $given = 'None' }
        @($help.returnValues.returnValue | ForEach-Object { $_.type.name.Trim() }) | Should -Be $given
    }

    It 'links to what is there' {
        foreach ($link in $help.relatedLinks.navigationLink.linkText) {
            $isKnown = $link -like 'about_*' -or (Get-Command $link -ErrorAction Ignore)
            [bool] $isKnown | Should -BeTrue -Because $link
        }
    }

    It 'is in the layout of Get-Help, with every part at its place' {
        $text = Get-Help $Name -Full | Out-String -Width 200
        'NAME', 'SYNOPSIS', 'SYNTAX', 'DESCRIPTION', 'INPUTS', 'OUTPUTS', 'RELATED LINKS' |
            ForEach-Object { $text | Should -MatchExactly "(?m)^$_\r?$" }
        Get-Help $Name -Examples | Out-String | Should -MatchExactly '-- Example 1: '
    }
}

Describe 'The help of <Cmdlet> -<Name>' -ForEach $parameters {
    BeforeAll {
        $described = Get-Help $Cmdlet -Parameter $Name
        $attribute = $Parameter.Attributes.Where{ $_ -is [Parameter] }[0]
    }

    It 'describes it as a whole sentence' {
        Get-Text $described.description | Should -Match '^[A-Z].+\.$'
    }

    It 'has its type, position, aliases and pipeline input' {
        $described.type.name | Should -Be $Parameter.ParameterType.Name
        $described.required | Should -Be "$($attribute.Mandatory)"
        $described.position | Should -Be $(if ($attribute.Position -lt 0) { 'named' } else { "$($attribute.Position)" })
        $described.aliases | Should -Be $(if ($Parameter.Aliases.Count) { $Parameter.Aliases -join ', ' } else { 'none' })
        $described.pipelineInput | Should -Be $(if ($attribute.ValueFromPipeline) { 'True (ByValue)' } else { 'False' })
    }

    It 'has its range' {
        $range = $Parameter.Attributes.Where{ $_ -is [ValidateRange] }
        if ($range) {
            $text = [string]::Format([cultureinfo]::InvariantCulture, '{0:n0} to {1:n0}', $range[0].MinRange, $range[0].MaxRange)
            Get-Text $described.description | Should -Match ([regex]::Escape($text))
        }
    }

    It 'has its default' {
        $expected = if ($Parameter.ParameterType -eq [switch]) {
            'False'
        } elseif ($Name -eq 'ThrottleLimit' -and $Cmdlet -eq 'Invoke-ParallelOrchestration') {
            'The number of processors, but at least 5'
        } elseif ($Parameter.ParameterType.IsValueType) {
            "$((Get-Command $Cmdlet).ImplementingType::new().$Name)"
        } else {
            # A text that it has by itself; of anything else the description says what it is.
            $own = if ($Parameter.ParameterType -eq [string]) { (Get-Command $Cmdlet).ImplementingType::new().$Name }
            if ($own) { $own } else { 'None' }
        }
        $described.defaultValue | Should -Be $expected
    }
}

Describe 'Example "<Title>" of <Cmdlet>' -ForEach $examples {
    # Nothing of the repository's own is written.
    BeforeAll {
        $before = $env:OE_STATE
        $env:OE_STATE = "$((Get-Item TestDrive:/).FullName)/state"
    }

    AfterAll { $env:OE_STATE = $before }

    It 'runs, and gives output' {
        $output = Invoke-WithLimit -ArgumentList $Code {
            param($code)
            $ErrorActionPreference = 'Stop'
            & ([scriptblock]::Create($code))
        }
        @($output).Count | Should -BeGreaterThan 0
    }
}

Describe 'What the help says of its examples' {
    BeforeAll {
        function Invoke-HelpExample([int] $Number, [string] $Cmdlet = 'Invoke-ParallelOrchestration') {
            & ([scriptblock]::Create((Get-Help $Cmdlet).examples.example[$Number - 1].code))
        }
    }

    It 'is true of the order in example 2' {
        Invoke-HelpExample 2 | Should -Be 10, 20, 30, 40, 50
    }

    It 'is true of the records in example 3' {
        $results = $null
        . ([scriptblock]::Create((Get-Help Invoke-ParallelOrchestration).examples.example[2].code)) | Out-Null
        $results.Count | Should -Be 2
        @($results | Where-Object Status -EQ Failed).Input | Should -Be 'no such place'
    }

    It 'is true of the time limit in example 4' {
        $records = @(Invoke-HelpExample 4 | Sort-Object Index)
        $records.Status | Should -Be Succeeded, TimedOut, Succeeded
    }

    It 'is true of the first failure in example 5' {
        Invoke-HelpExample 5 2>$null | Select-Object -Last 1 | Should -Match '^Stopped: .*no threes'
    }

    It 'is true of the function in example 7' {
        Invoke-HelpExample 7 | Sort-Object | Should -Be 1, 2, 3
    }

    It 'is true of the job in example 9' {
        $output = @(Invoke-HelpExample 9)
        $output[-1] | Should -Be 'The job is Completed.'
        $output[0..($output.Count - 2)].Hash | Should -Not -Contain $null
    }
}
