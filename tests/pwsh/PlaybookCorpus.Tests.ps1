# The playbooks in the folder that OE_CORPUS names: each is read, checked and planned.
[Diagnostics.CodeAnalysis.SuppressMessageAttribute('PSUseDeclaredVarsMoreThanAssignments', '', Justification = 'Pester reads them in other blocks.')]
param()

BeforeDiscovery {
    $found = if ($env:OE_CORPUS) { @(Get-ChildItem -LiteralPath $env:OE_CORPUS -File | Where-Object Extension -In .psd1, .json, .yaml, .yml) }
    $files = if ($found) { @($found | ForEach-Object { @{ Name = $_.Name; File = $_.FullName } }) } else { @(@{ Name = 'none'; File = $null }) }
}

BeforeAll {
    . (Join-Path $PSScriptRoot 'TestSetup.ps1')

    # Values as text, so that what differs is seen; tables by their keys, as PowerShell's own have no order.
    function Get-Form($Value, [string] $Path = '') {
        if ($Value -is [Collections.IDictionary]) {
            foreach ($key in $Value.Keys | Sort-Object) { Get-Form $Value[$key] "$Path.$key" }
        } elseif ($Value -is [array]) {
            "$Path has $($Value.Count)"
            for ($i = 0; $i -lt $Value.Count; $i++) { Get-Form $Value[$i] "$Path[$i]" }
        } elseif ($Value -is [scriptblock]) {
            # Import-PowerShellDataFile gives some with their braces.
            $text = "$Value"
            "$Path = $(if ($null -eq $Value.Ast.Parent) { $text.Substring(1, $text.Length - 2) } else { $text })"
        } elseif ($Value -is [datetime]) {
            # ConvertFrom-Json takes some texts for times.
            "$Path = $($Value.ToUniversalTime().ToString('yyyy-MM-ddTHH:mm:ssZ'))"
        } else {
            "$Path = $Value"
        }
    }
}

Describe 'The playbook <Name>' -ForEach $files {
    BeforeAll {
        $isThere = [bool] $File
        $none = 'OE_CORPUS names no folder with playbooks'
    }

    It 'is read, and nothing in it is wrong' {
        if (-not $isThere) { Set-ItResult -Skipped -Because $none; return }
        $import = Import-PlaybookDefinition -Path $File
        "$($import.Success) $($import.Errors)" | Should -Be 'True '
        $import.Definition.Count | Should -BeGreaterThan 0
        $test = Test-PlaybookDefinition -Path $File
        "$($test.IsValid) $($test.Errors)" | Should -Be 'True '
        $test.Steps | Should -BeGreaterThan 0
        # Of what a playbook wants as a whole there is no one place.
        foreach ($warning in $test.Warnings | Where-Object Message -NotLike 'nothing is done about*') { "$($warning.File) $($warning.Line -gt 0) $($warning.Advice.Length -gt 0)" | Should -Be "$File True True" }
    }

    It 'is the same playbook as a table' {
        if (-not $isThere) { Set-ItResult -Skipped -Because $none; return }
        $read = (Import-PlaybookDefinition -Path $File).Definition
        $again = Test-PlaybookDefinition -Definition $read
        "$($again.IsValid) $($again.Errors)" | Should -Be 'True '
        $again.Steps | Should -Be (Test-PlaybookDefinition -Path $File).Steps
    }

    It 'has the data that PowerShell reads, where it reads the file' {
        if (-not $isThere) { Set-ItResult -Skipped -Because $none; return }
        $expected = try {
            switch ([IO.Path]::GetExtension($File)) {
                '.json' { Get-Content -Raw -LiteralPath $File | ConvertFrom-Json -AsHashtable }
                '.psd1' { Import-PowerShellDataFile -LiteralPath $File }
            }
        } catch {
            Set-ItResult -Skipped -Because "PowerShell does not read it: $($_.FullyQualifiedErrorId)"
            return
        }
        Get-Form (Import-PlaybookDefinition -Path $File).Definition | Should -Be @(Get-Form $expected)
    }

    It 'is the same in every form that it is written in' {
        if (-not $isThere) { Set-ItResult -Skipped -Because $none; return }
        $expected = (Import-PlaybookDefinition -Path $File).Definition | ConvertTo-Json -Depth 50
        foreach ($ending in 'psd1', 'json', 'yaml') {
            $copy = Join-Path $TestDrive "copy.$ending"
            Export-PlaybookDefinition $File -Path $copy -WarningAction SilentlyContinue
            $read = (Import-PlaybookDefinition -Path $copy).Definition | ConvertTo-Json -Depth 50
            # JSON and YAML say an environment variable as {{$env:NAME}}, which is filled in when the playbook runs.
            if ($ending -eq 'psd1' -or $read -notmatch '\{\{\$env:') { $read | Should -BeExactly $expected }
            (Test-PlaybookDefinition -Path $copy).Steps | Should -Be (Test-PlaybookDefinition -Path $File).Steps
        }
    }

    It 'can be planned and drawn' {
        if (-not $isThere) { Set-ItResult -Skipped -Because $none; return }
        $told = @{}
        $declared = (Import-PlaybookDefinition -Path $File).Definition['parameters']
        foreach ($key in $declared.Keys) { if ($declared[$key] -is [Collections.IDictionary] -and $declared[$key]['required']) { $told[$key] = 'x' } }
        $plan = Get-PlaybookPlan -Path $File -Parameters $told -WarningAction SilentlyContinue
        $plan.IsUsable | Should -Be $true
        $plan.Steps.Count | Should -BeGreaterThan 0
        foreach ($step in $plan.Steps) { $step.Wave | Should -BeGreaterThan 0; $step.Kind | Should -Not -BeNullOrEmpty }
        Show-PlaybookGraph $File | Should -BeLike 'flowchart TD*'
    }
}
