# Get-Playbook, Import-, Test- and Export-PlaybookDefinition, Get-PlaybookPlan, Show-PlaybookGraph, New-Playbook.
[Diagnostics.CodeAnalysis.SuppressMessageAttribute('PSUseDeclaredVarsMoreThanAssignments', '', Justification = 'Pester reads them in other blocks.')]
param()

BeforeAll {
    . (Join-Path $PSScriptRoot 'TestSetup.ps1')

    $project = (New-Item -ItemType Directory (Join-Path $TestDrive 'project')).FullName
    $folder = (New-Item -ItemType Directory (Join-Path $project 'orchestration/playbooks/deep') -Force).Parent.FullName

    function Set-File([string] $Name, [string] $Text) { [IO.File]::WriteAllText((Join-Path $folder $Name), $Text) }

    Set-File 'release.psd1' @'
@{
    Name = 'Release'
    Description = 'Builds and ships.'
    Version = '1.2'
    Parameters = @{ key = @{ type = 'string'; required = $true } }
    steps = @(
        @{ name = 'build'; shell = 'bash'; command = 'echo {{key}}'; timeout = 5 }
        @{ name = 'both'; type = 'parallel'; parallel = @(
            @{ name = 'a'; shell = 'bash'; command = 'true'; retryCount = 2 }
            @{ name = 'b'; inline = { Get-Date } }
        ) }
        @{ name = 'ship'; command = 'Get-Date'; condition = '$LASTEXITCODE -eq 0' }
    )
}
'@
    Set-File 'deep/small.json' '{ "name": "Small", "steps": [ { "name": "a", "command": "Get-Date" }, { "name": "b", "command": "Get-Date" } ] }'
    Set-File 'odd.yaml' "name: Odd`nsteps:`n  - name: a`n    comand: x`n    command: y`n    timout: 5`n"
    Set-File 'broken.json' "{`n  `"steps`": [`n    { `"name`": `"a`", }`n  ]`n}"

    $kept = @{ OE_HOME = $env:OE_HOME; OE_PLAYBOOK_PATH = $env:OE_PLAYBOOK_PATH }
    $env:OE_HOME = $env:OE_PLAYBOOK_PATH = $null
    Push-Location $project
}

AfterAll {
    Pop-Location
    $kept.GetEnumerator() | ForEach-Object { Set-Item "env:$($_.Key)" $_.Value }
}

Describe 'Get-Playbook' {
    It 'lists the playbooks of the project by name, with what they are' {
        $all = Get-Playbook
        $all.Name | Should -Be 'broken', 'deep/small', 'odd', 'release'
        $all.IsValid | Should -Be $false, $true, $true, $true
        $release = $all[-1]
        $release | Should -BeOfType OrchestrationEngine.PowerShell.PlaybookInfo
        "$($release.Description) $($release.Version) $($release.Dialect) $($release.Parameters) $($release.Steps)" | Should -Be 'Builds and ships. 1.2 steps key 4'
        $release.Path | Should -Be (Join-Path $folder 'release.psd1')
        "$release" | Should -Be $release.Path
    }

    It 'takes names, wildcards and names from the pipeline, and writes none twice' {
        (Get-Playbook deep/*, REL*).Name | Should -Be 'deep/small', 'release'
        ('release', 'r*' | Get-Playbook).Name | Should -Be 'release'
        Get-Playbook no* | Should -BeNullOrEmpty
    }

    It 'looks from another folder on' {
        Push-Location $TestDrive
        try { (Get-Playbook -Path ./project/orchestration o*).Name | Should -Be 'odd' } finally { Pop-Location }
    }

    It 'says of a name that nobody has which is nearest' {
        $found = Get-Playbook relaese, odd -ErrorAction SilentlyContinue -ErrorVariable wrong
        $found.Name | Should -Be 'odd'
        "$wrong" | Should -Be "There is no playbook 'relaese'. Did you mean 'release'?"
        $wrong.FullyQualifiedErrorId | Should -BeLike 'PlaybookNotFound,*'
        $wrong.CategoryInfo.Category | Should -Be ObjectNotFound
        { Get-Playbook -Path ./nowhere } | Should -Throw -ErrorId 'PlaybookFolderNotFound,*'
    }

    It 'is offered where a playbook is asked for' {
        $text = 'Test-PlaybookDefinition -PlaybookName d'
        (TabExpansion2 $text $text.Length).CompletionMatches.CompletionText | Should -Be "'deep/small'"
    }
}

Describe 'Import-PlaybookDefinition' {
    It 'gives what is in a file, in its order' {
        $import = Import-PlaybookDefinition -PlaybookName release
        $import.Success | Should -BeTrue
        $import.Name | Should -Be Release
        $import.SourceFile | Should -Be (Join-Path $folder 'release.psd1')
        $import.Definition.Keys | Should -Be Name, Description, Version, Parameters, steps
        $import.Definition.steps[1].parallel.name | Should -Be a, b
        $import.Definition.STEPS[0].timeout | Should -BeOfType int
        $import.Definition.steps[1].parallel[1].inline | Should -Be ' Get-Date '
        $import.Errors.Count + $import.Warnings.Count | Should -Be 0
    }

    It 'takes a path, whatever drive it is on' {
        (Import-PlaybookDefinition -Path ./orchestration/playbooks/odd.yaml).Name | Should -Be Odd
        (Import-PlaybookDefinition ./orchestration/playbooks/odd.yaml).Name | Should -Be Odd
        (Import-PlaybookDefinition -Path TestDrive:/project/orchestration/playbooks/odd.yaml).Name | Should -Be Odd
        (Import-PlaybookDefinition TestDrive:/project/orchestration/playbooks/odd.yaml).Name | Should -Be Odd
        (Get-Item $folder/odd.yaml | Import-PlaybookDefinition).Name | Should -Be Odd
    }

    It 'warns of keys that are near to others, with their places' {
        $warnings = (Import-PlaybookDefinition odd).Warnings
        "$($warnings[0])" | Should -Be "$(Join-Path $folder odd.yaml):4:5: unknown key ``comand`` in a step. Did you mean ``command``?"
        "$($warnings[1].Line) $($warnings[1].Column) $($warnings[1].Advice)" | Should -Be '6 5 Did you mean `timeout`?'
    }

    It 'says what is wrong with a file that cannot be read, and where' {
        $import = Import-PlaybookDefinition broken
        $import.Success | Should -BeFalse
        $import.Definition | Should -BeNullOrEmpty
        "$($import.Errors)" | Should -Be "$(Join-Path $folder broken.json):3:20: trailing comma. Remove the comma before the bracket."
    }
}

Describe 'The environment of the session' {
    AfterEach { $env:OE_TEST_WHO = $env:OE_HOME = $env:OE_PLAYBOOK_PATH = $null }

    It 'is what a playbook sees, as it is at the moment' {
        $file = Join-Path $TestDrive 'who.psd1'
        [IO.File]::WriteAllText($file, '@{ Variables = @{ who = $env:OE_TEST_WHO; greeting = "hello $env:OE_TEST_WHO" }; steps = @(@{ command = ''Get-Date'' }) }')
        foreach ($who in 'you', "x ='`"`n𝄞", $null) {
            $env:OE_TEST_WHO = $who
            $variables = (Import-PlaybookDefinition -Path $file).Definition.Variables
            "$($variables.who)|$($variables.greeting)" | Should -BeExactly "$who|hello $who"
        }
    }

    It 'is what the steps of a workflow see, whatever runs them' {
        if ($IsWindows) { Set-ItResult -Skipped -Because 'the steps are for sh'; return }
        $env:OE_TEST_WHO = "it's `"you`" 𝄞"
        $steps = @(
            @{ name = 'program'; shell = 'sh'; command = 'printf "%s" "$OE_TEST_WHO"' }
            @{ name = 'value'; shell = 'sh'; command = 'printf "%s" {{$env:OE_TEST_WHO}}' }
            @{ name = 'process'; command = '$env:OE_TEST_WHO'; isolation = 'Process' }
            @{ name = 'runspace'; command = '$env:OE_TEST_WHO' }
        )
        $result = Invoke-PlaybookWorkflow -InformationAction Ignore -PlaybookDefinition @{ name = 'who'; steps = $steps }
        $result.Status | Should -Be Completed
        $result.Results | ForEach-Object { "$($_.Output)".Trim() } | Should -BeExactly @(, $env:OE_TEST_WHO * 4)
    }

    It 'says where playbooks are' {
        $other = (New-Item -ItemType Directory (Join-Path $TestDrive 'other/orchestration/playbooks') -Force).FullName
        Set-Content (Join-Path $other 'theirs.json') '{ "steps": [ { "command": "Get-Date" } ] }'
        $env:OE_PLAYBOOK_PATH = $other
        (Get-Playbook).Name | Should -Be 'theirs', 'broken', 'deep/small', 'odd', 'release'
        $env:OE_PLAYBOOK_PATH = $null
        $env:OE_HOME = Join-Path $TestDrive 'other'
        (Get-Playbook).Name | Should -Be 'theirs'
        $env:OE_HOME = $null
        (Get-Playbook).Count | Should -Be 4
    }
}

Describe 'Test-PlaybookDefinition' {
    It 'finds nothing wrong in what is right: <_>' -ForEach 'a name', 'a path', 'a table', 'an import', 'what Get-Playbook gives' {
        $test = switch ($_) {
            'a name' { Test-PlaybookDefinition release }
            'a path' { Test-PlaybookDefinition -Path orchestration/playbooks/release.psd1 }
            'a table' { Test-PlaybookDefinition -Definition @{ name = 'release'; steps = @{ command = 'Get-Date' }, @{ name = 'c'; shell = 'sh'; command = 'true' } } }
            'an import' { (Import-PlaybookDefinition release).Definition | Test-PlaybookDefinition }
            'what Get-Playbook gives' { Get-Playbook release | Test-PlaybookDefinition }
        }
        $test | Should -BeOfType OrchestrationEngine.PowerShell.PlaybookTest
        $test.IsValid | Should -BeTrue
        $test.Errors.Count | Should -Be 0
        $test.Name | Should -Be release
    }

    It 'says of a file where each thing is' {
        $test = Test-PlaybookDefinition broken
        $test.IsValid | Should -BeFalse
        $test.Errors[0].File | Should -Be (Join-Path $folder broken.json)
        "$($test.Errors[0].Line) $($test.Errors[0].Column)" | Should -Be '3 20'
        "$test" | Should -Be 'broken cannot be run: 0 steps, 1 errors, 0 warnings.'
    }

    It 'says of a table which keys lead there' {
        $test = Test-PlaybookDefinition @{
            name = 'ä€𝄞'
            steps = @(
                @{ name = 'fine'; command = 'Get-Date' }
                @{ name = '𝄞'; type = 'parallel'; parallel = @(@{ name = 'a'; command = 'x'; timout = 5 }, @{ command = 'x'; timeout = 'soon' }) }
            )
        }
        "$($test.Errors)" | Should -BeLike 'steps?1?.parallel?1?.timeout: *timeout*number*'
        "$($test.Warnings)" | Should -Be 'steps[1].parallel[0].timout: unknown key `timout` in a step. Did you mean `timeout`?'
        $test.Errors[0].Key | Should -Be 'steps[1].parallel[1].timeout'
        $test.Errors[0].File | Should -BeNullOrEmpty
    }

    It 'has the name of the guide where nothing else has it' {
        (Get-Alias Validate-PlaybookDefinition).ResolvedCommand.Name | Should -Be Test-PlaybookDefinition
        (Validate-PlaybookDefinition -Definition @{ name = 'x'; steps = @(@{ command = 'Get-Date' }) }).IsValid | Should -BeTrue
        $fresh = Invoke-Fresh "Remove-Module OrchestrationEngine; function Validate-PlaybookDefinition { 'mine' }; Import-Module '$(Get-ModuleManifestPath)'; Validate-PlaybookDefinition"
        $fresh.Output | Should -Be mine
    }
}

Describe 'Get-PlaybookPlan' {
    It 'says what would run, in which waves and after what' {
        $plan = Get-PlaybookPlan release -Parameters @{ key = 1 } -EnvironmentContext prod -ThrottleLimit 3
        $plan.IsUsable | Should -BeTrue
        "$($plan.Name) $($plan.EnvironmentContext) $($plan.ThrottleLimit)" | Should -Be 'Release prod 3'
        $plan.Steps | ForEach-Object { "$($_.Path) $($_.Kind) $($_.Wave) $($_.Needs) $($_.Timeout.TotalSeconds) $($_.RetryCount) $($_.IsConditional)" } | Should -Be @(
            'build bash 1  5 0 False', 'both steps 2 build  0 False', 'both/a bash 1   2 False', 'both/b PowerShell 1   0 False', 'ship PowerShell 3 both  0 True')
        $plan.NeedsPowerShell | Should -Be both/b, ship
    }

    It 'says how long it will take, once it has run' {
        $kept = $env:OE_STATE
        $env:OE_STATE = Join-Path $TestDrive 'state'
        try {
            $before = Get-PlaybookPlan deep/small
            "$($before.Steps.Estimate)$($before.LowerBound)$($before.SequentialDuration)".Trim() | Should -BeNullOrEmpty
            (Invoke-PlaybookWorkflow deep/small -InformationAction Ignore).Status | Should -Be Completed
            $plan = Get-PlaybookPlan deep/small
            $sum = ($plan.Steps.Estimate | Measure-Object TotalSeconds -Sum).Sum
            $sum | Should -BeGreaterThan 0
            [math]::Round($plan.SequentialDuration.TotalSeconds - $sum, 4) | Should -Be 0
            $plan.LowerBound | Should -Be $plan.SequentialDuration
            "$plan" | Should -BeLike 'Small in dev: 2 steps in 2 waves, at least * s.'
        } finally { $env:OE_STATE = $kept }
    }

    It 'plans as the mode says' {
        (Get-PlaybookPlan deep/small -ExecutionMode parallel).Steps.Wave | Should -Be 1, 1
        (Get-PlaybookPlan deep/small -ExecutionMode sequential).Steps.Wave | Should -Be 1, 2
    }

    It 'says what keeps a playbook from starting, and gives what there is of a plan' {
        $plan = Get-PlaybookPlan release -ErrorAction SilentlyContinue -ErrorVariable wrong
        $plan.IsUsable | Should -BeFalse
        "$wrong" | Should -Be "$(Join-Path $folder release.psd1):5:21: the parameter ``key`` is required."
        $wrong.FullyQualifiedErrorId | Should -BeLike 'PlaybookNotUsable,*'
        $wrong.ErrorDetails.RecommendedAction | Should -Not -BeNullOrEmpty
        $wrong.TargetObject | Should -BeOfType OrchestrationEngine.PowerShell.PlaybookDiagnostic
    }

    It 'warns of what is odd' {
        $plan = Get-PlaybookPlan odd 3>&1
        "$($plan[0])" | Should -Be "$(Join-Path $folder odd.yaml):4:5: unknown key ``comand`` in a step. Did you mean ``command``?"
        $plan[-1].Steps.Path | Should -Be a
    }

    It 'refuses <Name>' -ForEach @(
        @{ Name = 'a mode that is not there'; Arguments = @{ ExecutionMode = 'fast' }; Id = 'ParameterArgumentValidationError*' }
        @{ Name = 'a limit that is too high'; Arguments = @{ ThrottleLimit = 1025 }; Id = 'ParameterArgumentValidationError*' }
        @{ Name = 'a secret in the clear'; Arguments = @{ Parameters = @{ key = [securestring]::new() } }; Id = 'DefinitionValueIsSecret,*' }
    ) {
        { Get-PlaybookPlan release @Arguments -ErrorAction Stop } | Should -Throw -ErrorId $Id
    }
}

Describe 'Export-PlaybookDefinition' {
    It 'writes what is in a playbook as <Form>, which reads as the same' -ForEach @(
        @{ Form = 'Psd1'; Start = '@{*'; File = 'out.psd1' }
        @{ Form = 'Json'; Start = '{*'; File = 'out.json' }
        @{ Form = 'Yaml'; Start = 'Name: Release*'; File = 'out.yaml' }
    ) {
        $expected = (Import-PlaybookDefinition release).Definition | ConvertTo-Json -Depth 20
        Export-PlaybookDefinition release -To $Form -WarningAction SilentlyContinue -WarningVariable odd | Should -BeLike $Start
        "$odd" | Should -Be $(if ($Form -ne 'Psd1') { "$(Join-Path $folder release.psd1):10:37: a script block becomes a text. See whether a text may stand there, or keep the playbook in psd1." } else { '' })
        Export-PlaybookDefinition release -Path "TestDrive:/$File" -WarningAction SilentlyContinue | Should -BeNullOrEmpty
        (Import-PlaybookDefinition -Path "TestDrive:/$File").Definition | ConvertTo-Json -Depth 20 | Should -BeExactly $expected
        Export-PlaybookDefinition -Definition (Import-PlaybookDefinition release).Definition -To $Form | Set-Content "TestDrive:/again-$File"
        (Import-PlaybookDefinition -Path "TestDrive:/again-$File").Definition | ConvertTo-Json -Depth 20 | Should -BeExactly $expected
    }

    It 'keeps texts as they are, whatever they hold' {
        $hostile = "'; Remove-Item x #`n@'`n'@ `"`$(x)`" \\n: - {{x}} %`t$([char] 0x2019) 𝄞 ", '', 'true', '0407', '1e5', '~', '- a', '# b', '@{}'
        foreach ($form in 'Psd1', 'Json', 'Yaml') {
            Export-PlaybookDefinition -Definition ([ordered]@{ steps = @([ordered]@{ command = 'x'; parameters = [ordered]@{ all = $hostile } }) }) -To $form |
                Set-Content -NoNewline "TestDrive:/hostile.$form"
            (Import-PlaybookDefinition -Path "TestDrive:/hostile.$form").Definition.steps[0].parameters.all | Should -BeExactly $hostile
        }
    }

    It 'writes no file with -WhatIf, nor of what cannot be read' {
        Export-PlaybookDefinition release -Path TestDrive:/not.json -WhatIf
        'TestDrive:/not.json' | Should -Not -Exist
        Export-PlaybookDefinition broken -Path TestDrive:/not.json -ErrorAction SilentlyContinue -ErrorVariable wrong | Should -BeNullOrEmpty
        'TestDrive:/not.json' | Should -Not -Exist
        $wrong.FullyQualifiedErrorId | Should -BeLike 'PlaybookNotUsable,*'
        "$wrong" | Should -BeLike '*broken.json:3:20: trailing comma.'
        { Export-PlaybookDefinition release -Path TestDrive:/no/such/file.json -ErrorAction Stop } | Should -Throw -ErrorId 'PlaybookCannotBeWritten,*'
    }
}

Describe 'Show-PlaybookGraph' {
    It 'draws what waits for what, as text and as a picture' {
        $mermaid = Show-PlaybookGraph deep/small
        $mermaid | Should -BeLike 'flowchart TD*"a"*"b"*s0 --> s1*'
        Show-PlaybookGraph deep/small -Form Dot | Should -BeLike 'digraph*->*'
        ([xml] (Show-PlaybookGraph deep/small -Form Svg)).DocumentElement.LocalName | Should -Be svg
        Show-PlaybookGraph -Definition (Import-PlaybookDefinition deep/small).Definition | Should -Be $mermaid
    }

    It 'writes a file of the form that its extension says' -ForEach @(
        @{ File = 'graph.mmd'; Start = 'flowchart TD*' }
        @{ File = 'graph.dot'; Start = 'digraph*' }
        @{ File = 'graph.svg'; Start = '<svg *' }
    ) {
        Show-PlaybookGraph deep/small -Path "TestDrive:/$File" | Should -BeNullOrEmpty
        Get-Content -Raw "TestDrive:/$File" | Should -BeLike $Start
        Show-PlaybookGraph deep/small -Path "TestDrive:/not-$File" -WhatIf
        "TestDrive:/not-$File" | Should -Not -Exist
    }

    It 'draws names as text, whatever they hold' {
        $hostile = "</text><script>alert(1)</script>`e[31m`"] --> x"
        $definition = @{ steps = @(@{ name = $hostile; command = 'Get-Date' }) }
        { [xml] (Show-PlaybookGraph -Definition $definition -Form Svg) } | Should -Not -Throw
        foreach ($form in 'Svg', 'Mermaid', 'Dot') {
            Show-PlaybookGraph -Definition $definition -Form $form | Should -Not -Match '\e'
        }
        Show-PlaybookGraph -Definition $definition -Form Svg | Should -Not -Match '<script'
        @((Show-PlaybookGraph -Definition $definition) -split "`n").Count | Should -Be 2
    }

    It 'says why there is nothing to draw' {
        Show-PlaybookGraph broken -ErrorAction SilentlyContinue -ErrorVariable wrong | Should -BeNullOrEmpty
        $wrong.FullyQualifiedErrorId | Should -BeLike 'PlaybookNotUsable,*'
    }

    It 'says which file cannot be written' {
        { Show-PlaybookGraph deep/small -Path TestDrive:/no/such/graph.svg -ErrorAction Stop } | Should -Throw -ErrorId 'PlaybookCannotBeWritten,*'
    }
}

Describe 'What PowerShell shows' {
    It 'is a table of playbooks, a plan with its steps, and a line for each thing that is wrong' {
        (Get-Playbook deep/small | Out-String -Width 100).Trim() -split '\r?\n' | ForEach-Object Trim | Should -Be @(
            'Name                             Dialect              Steps Valid Description'
            '----                             -------              ----- ----- -----------'
            'deep/small                       steps                    2 True')
        $plan = (Get-PlaybookPlan deep/small | Out-String -Width 100).Trim() -split '\r?\n'
        $plan[0] | Should -Be 'Small in dev: 2 steps in 2 waves.'
        $plan[-1] -replace ' +', ' ' | Should -Be ' 2 b PowerShell a'
        ((Test-PlaybookDefinition broken).Errors | Out-String -Width 400).Trim() | Should -Be "$(Join-Path $folder broken.json):3:20: trailing comma. Remove the comma before the bracket."
        (Test-PlaybookDefinition broken | Out-String -Width 400) | Should -BeLike '*IsValid*False*Errors*:3:20: trailing comma. *'
        (Import-PlaybookDefinition deep/small | Out-String -Width 400) | Should -BeLike '*Success*True*2 keys: name, steps*'
    }
}
